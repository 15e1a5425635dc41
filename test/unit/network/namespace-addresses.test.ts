import { expect, it } from 'vitest';
import { parseAddressTables } from '../../../src/network/live-interfaces.ts';
import { nameServers } from '../../../src/network/resolv-conf.ts';

it('reads addresses from the tables of the kernel', () => {
  const text = `Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 10.0.2.0/24 2 0 2
        |-- 10.0.2.100
           /32 host LOCAL
        |-- 10.0.2.255
           /32 link BROADCAST
     +-- 127.0.0.0/8 2 0 2
           |-- 127.0.0.1
              /32 host LOCAL
Local:
        |-- 10.0.2.100
           /32 host LOCAL
00000000000000000000000000000001 01 80 10 80       lo
fd000000000000000000000000000064 02 40 00 00     tap0
fe800000000000003c807dfffe5b45d0 02 40 20 80     tap0
`;
  expect(parseAddressTables(text)).toEqual(['10.0.2.100', 'fd00::64']);
});

it('reads name servers', () => {
  expect(nameServers('# x\nnameserver 1.1.1.1\n  nameserver\t::1 \nsearch a\n#nameserver 9.9.9.9\n')).toEqual(['1.1.1.1', '::1']);
});

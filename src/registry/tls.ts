import { registryCertificates } from '../config/certs-d.ts';
import type { TlsOptions } from './http.ts';

/** How to speak TLS with `host[:port]`. @param verify false: any certificate will do */
export function registryTls(host: string, verify: boolean, certDir?: string): TlsOptions {
  const { ca, cert, key } = registryCertificates(host, certDir);
  return { verify, ...(ca.length > 0 ? { ca: [...ca, ...systemAuthorities()] } : {}), ...(cert === undefined ? {} : { cert, key }) };
}

/** A set of authorities replaces the built-in ones, so these are added where a registry brings its own. */
function systemAuthorities(): readonly string[] {
  const { rootCertificates } = require('node:tls') as typeof import('node:tls');
  return rootCertificates;
}

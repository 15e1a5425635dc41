import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SelkieError } from '../../../src/errors.ts';
import { parsePolicy, requirementsFor } from '../../../src/image/policy.ts';
import { isPolicyScope } from '../../../src/image/policy-scope.ts';
import { parseReference } from '../../../src/image/reference.ts';
import { parsePayload } from '../../../src/image/signature/payload.ts';
import { parseSignature, serializeSignature } from '../../../src/image/signature/signature.ts';
import { matchesIdentity } from '../../../src/image/signed-identity.ts';
import { parseStrictJson } from '../../../src/image/strict-json.ts';

const parse = (text: string) => parsePolicy(text, 'policy.json');
const withRequirement = (requirement: object) => JSON.stringify({ default: [requirement] });
const gpg = (more: object) => withRequirement({ type: 'signedBy', keyType: 'GPGKeys', ...more });
const identity = (signedIdentity: unknown) => gpg({ keyPath: 'a', signedIdentity });
const sigstore = (more: object) => withRequirement({ type: 'sigstoreSigned', ...more });
const path = { caPath: 'a', oidcIssuer: 'x', subjectEmail: 'y' };

describe('policy.json', () => {
  // The real skopeo 1.22 refuses each of these as well.
  it.each([
    ['[]', 'JSON object expected'],
    ['{}', 'Default policy is missing'],
    ['{"default":[]}', 'List of verification policy requirements must not be empty'],
    ['{"default":[{}]}', 'Unknown policy requirement type ""'],
    ['{"default":[{"type":"reject"}],"default":[{"type":"reject"}]}', 'Duplicate key "default"'],
    ['{"default":[{"type":"reject","type":"insecureAcceptAnything"}]}', 'Duplicate key "type"'],
    ['{"default":[{"type":"reject"}],"transports":null}', 'JSON object expected'],
    ['{"default":[{"type":"reject"}],"transports":{"dir":{"x":[{"type":"reject"}]}}}', 'Unknown key "x"'],
    ['{"default":[{"type":"reject"}],"transports":{"dir":{"/a/../b":[{"type":"reject"}]}}}', 'Unknown key "/a/../b"'],
    [gpg({}), 'Exactly one of keyPath, keyPaths and keyData must be specified, none of them present'],
    [gpg({ keyPath: 'a', keyData: 'YQ==' }), 'Exactly one of keyPath, keyPaths and keyData must be specified, more than one present'],
    [gpg({ keyPath: '' }), 'exactly one of keyPath, keyPaths and keyData must be specified'],
    [gpg({ keyData: '!' }), 'keyData: illegal base64 data'],
    [gpg({ keyPath: 'a', keyType: 'x' }), 'Unrecognized keyType value "x"'],
    [identity(null), 'Unknown policy reference match type ""'],
    [identity({ type: 'x' }), 'Unknown policy reference match type "x"'],
    [identity({ type: 'matchExact', a: 1 }), 'Unknown key "a"'],
    [identity({ type: 'exactReference' }), 'Key "dockerReference" missing in a JSON object'],
    [identity({ type: 'exactReference', dockerReference: 'a' }), 'dockerReference "a" contains neither a tag nor digest'],
    [identity({ type: 'exactRepository', dockerRepository: 'A' }), 'Invalid format of dockerRepository "A"'],
    [identity({ type: 'remapIdentity', prefix: 'a/', signedPrefix: 'b' }), 'prefix "a/" is not valid'],
    [withRequirement({ type: 'signedBaseLayer' }), 'Key "baseLayerIdentity" missing in a JSON object'],
    [sigstore({}), 'exactly one of keyPath, keyPaths, keyData, keyDatas, fulcio, and pki must be specified'],
    [sigstore({ keyPath: 'a', keyDatas: ['YQ=='] }), 'exactly one of keyPath, keyPaths, keyData, keyDatas, fulcio, and pki'],
    [sigstore({ keyPaths: [] }), '"keyPaths" contains no entries'],
    [sigstore({ keyPath: 'a', rekorPublicKeyPath: 'a', rekorPublicKeyData: 'YQ==' }), 'can be used simultaneously'],
    [sigstore({ fulcio: {} }), 'At least one of caPath and caData must be specified'],
    [sigstore({ fulcio: { ...path, caData: 'YQ==' } }), 'caPath and caData cannot be used simultaneously'],
    [sigstore({ fulcio: path }), 'must be specified if fulcio is used'],
    [sigstore({ pki: { caRootsPath: 'a' } }), 'At least one of subjectEmail, subjectHostname must be specified'],
    [sigstore({ pki: { caRootsPath: 'a', subjectEmail: 'x' }, rekorPublicKeyPath: 'a' }), 'are not supported for pki'],
  ])('refuses %s', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  it.each([
    sigstore({ keyPath: 'a', rekorPublicKeyPath: 'b' }),
    sigstore({ fulcio: path, rekorPublicKeyData: 'YQ==' }),
    sigstore({ pki: { caRootsData: 'YQ==', caIntermediatesPath: 'a', subjectHostname: 'x' } }),
    identity({ type: 'remapIdentity', prefix: 'a.example:5000', signedPrefix: 'b.example/c' }),
    withRequirement({ type: 'signedBaseLayer', baseLayerIdentity: { type: 'matchExact' } }),
    '{"default":[{"type":"reject"}],"transports":{"unknown":{"x":[{"type":"reject"}]},"docker":{"*.example.com":[{"type":"reject"}]}}}',
  ])('takes %s', (text) => {
    expect(parse(text).default).toHaveLength(1);
  });

  it('is asked for the most specific scope', () => {
    const type = (name: string) => [{ type: name }];
    const transports = { docker: { 'a.example/b': type('reject'), '': type('signedBaseLayer') } };
    const policy = { default: type('insecureAcceptAnything'), transports };
    expect(requirementsFor(policy, 'docker', ['a.example/b:1', 'a.example/b', 'a.example'])).toEqual(type('reject'));
    expect(requirementsFor(policy, 'docker', ['c.example'])).toEqual(type('signedBaseLayer'));
    expect(requirementsFor(policy, 'dir', ['/x'])).toEqual(policy.default);
  });

  it.each([
    ['containers-storage', '[overlay@/var/lib/containers/storage]r.example/a', true],
    ['containers-storage', '[/var/lib/containers/storage]', true],
    ['containers-storage', '[overlay@relative]', false],
    ['containers-storage', 'r.example/a', false],
    ['docker-archive', '/a.tar', false],
    ['oci', '/a', true],
    ['oci', '/', false],
  ])('has scopes of %s: %s', (transport, scope, expected) => {
    expect(isPolicyScope(transport, scope)).toBe(expected);
  });
});

describe('signedIdentity', () => {
  const digest = `sha256:${'0'.repeat(64)}`;
  const exact = (dockerReference: string) => ({ type: 'exactReference', dockerReference });
  const remap = (prefix: string, signedPrefix: string) => ({ type: 'remapIdentity', prefix, signedPrefix });
  it.each([
    [undefined, 'r.example/a:1', 'r.example/a:1', true],
    [undefined, 'r.example/a:1', 'r.example/a:2', false],
    [undefined, `r.example/a@${digest}`, 'r.example/a:2', true],
    [undefined, `r.example/a@${digest}`, 'r.example/a', false],
    [undefined, 'busybox:1', 'docker.io/library/busybox:1', true],
    [undefined, 'r.example/a:1', 'R.example//a', false],
    [{ type: 'matchExact' }, `r.example/a@${digest}`, 'r.example/a:2', false],
    [{ type: 'matchRepository' }, 'r.example/a:1', 'r.example/a:2', true],
    [{ type: 'matchRepository' }, 'r.example/a:1', 'r.example/b:1', false],
    [exact('r.example/b:1'), 'r.example/a:1', 'r.example/b:1', true],
    [{ type: 'exactRepository', dockerRepository: 'r.example/b' }, 'r.example/a:1', 'r.example/b:9', true],
    [remap('mirror.example', 'r.example'), 'mirror.example/a:1', 'r.example/a:1', true],
    [remap('mirror.example/x', 'r.example'), 'mirror.example/xy:1', 'r.example/y:1', false],
    [remap('other.example', 'r.example'), 'mirror.example/a:1', 'mirror.example/a:1', true],
  ])('%j: %s may be signed as %s: %s', (rule, image, signed, expected) => {
    expect(matchesIdentity(rule, parseReference(image), signed)).toBe(expected);
  });

  it('needs a name, where it compares with one', () => {
    expect(matchesIdentity(undefined, undefined, 'r.example/a:1')).toBe(false);
    expect(matchesIdentity(exact('r.example/a:1'), undefined, 'r.example/a:1')).toBe(true);
  });
});

describe('what comes with an image', () => {
  const attempt = (work: () => unknown): void => {
    try {
      work();
    } catch (error) {
      expect(error).toBeInstanceOf(SelkieError);
    }
  };

  it('never makes the reader of signatures crash', () => {
    fc.assert(
      fc.property(fc.constantFrom('', '\0', '\0sigstore-json\n', '\0simple-signing\n', '\0x\n'), fc.string(), (start, rest) => {
        attempt(() => parseSignature(Buffer.from(start + rest)));
      }),
    );
  });

  it('never makes the reader of payloads crash', () => {
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc.constantFrom('critical', 'optional', 'image').map((key) => `{"${key}":{}}`),
    );
    fc.assert(fc.property(text, (each) => attempt(() => parsePayload('atomic container signature', Buffer.from(each)))));
  });

  it('is read as it was written', () => {
    const strings = fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true });
    fc.assert(
      fc.property(fc.string(), fc.uint8Array(), strings, (mediaType, payload, annotations) => {
        const read = parseSignature(serializeSignature({ format: 'sigstore-json', mediaType, payload, annotations }));
        expect(read).toMatchObject({ mediaType, annotations });
        expect(read.format === 'sigstore-json' && Buffer.compare(read.payload, payload)).toBe(0);
      }),
    );
  });

  it('has no key twice, however it is written', () => {
    expect(() => parseStrictJson('{"a":1,"\\u0061":2}')).toThrow('Duplicate key "a"');
    expect(() => parseStrictJson('[{"a":1},{"a":{"a":[{"b":"{\\"b\\":1}"}]}}]')).not.toThrow();
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseStrictJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });
});

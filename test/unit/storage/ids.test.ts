import { describe, expect, it } from 'vitest';
import { isId, layerChainId, randomId, randomLinkId } from '../../../src/storage/ids.ts';

describe('layer ids', () => {
  // From layers.json of podman 5.8.6 after a build of three layers.
  const first = '0c3aa2f8a804054671daa4e338b10fa698aa3e731e5c6b59131f779be53a5616';
  const second = 'cfa15f890bd9519f93f0f93844477ec9df1febe3f5e3b08c942135511e80434d';
  const third = '5ea6a9a1d0fcee04c6e25931585820b1ab815fdd8f1e28bc62acc04ada07fa56';
  it('are those that podman gives', () => {
    expect(layerChainId(undefined, `sha256:${first}`)).toBe(first);
    expect(layerChainId(first, 'sha256:bef15f34c955f5841b032afd49d0aae522425b87d3e4b230afeb373e1288d810')).toBe(second);
    expect(layerChainId(second, 'sha256:729866c9f63d98f8e8d6f298c277a86d57f79dc806a85e8054fdb158a4b86898')).toBe(third);
  });
  it('are 64 hex digits when random, and never look like a number', () => {
    for (let round = 0; round < 100; round++) {
      expect(isId(randomId())).toBe(true);
      expect(randomLinkId()).toMatch(/^[A-Z2-7]{26}$/);
    }
  });
});

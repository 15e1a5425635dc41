import { join } from 'node:path';

/** The file that tells our port forwarder the container's address; rewritten when the container changes its networks. */
export const relayTargetFile = (tmpDir: string, containerId: string): string => join(tmpDir, 'rp', `${containerId}.address`);

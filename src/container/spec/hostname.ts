import { hostname } from 'node:os';

/** The host's own name. */
export const systemHostname = (): string => hostname();

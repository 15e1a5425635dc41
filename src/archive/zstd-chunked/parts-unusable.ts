/** The layer may be in order, but it cannot be had in parts: it is fetched whole. */
export class PartsUnusable extends Error {}

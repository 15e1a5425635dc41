import { defineConfig } from 'vitest/config';

// Run by Bun: forks do not start there, threads do.
export default defineConfig({
  test: {
    pool: 'threads',
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Two cores, and containers share mounts, networks and cgroups: one file after the other keeps failures readable.
    fileParallelism: false,
  },
});

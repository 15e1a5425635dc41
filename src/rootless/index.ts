/** User namespaces for users without privileges. */
export { enterUserNamespace } from './enter.ts';
export { type IdMapping, type IdMappings, rootlessIdMappings, subordinateIds } from './id-mappings.ts';
export { pausePid, pausePidPath, stopPauseProcess } from './pause-process.ts';

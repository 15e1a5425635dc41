/** containers.conf(5) as the rest of selkie sees it. */

export { findInPath } from '../os/executables.ts';
export {
  loadContainersConf,
  moduleDirectories,
  reloadContainersConf,
  useConfigModules,
} from './containers-conf-load.ts';
export type { ContainersConf } from './containers-conf-types.ts';
export { findConmon, findHelperBinary, findInitBinary, MissingProgram } from './helper-binary.ts';

/** JSON of images is written by the rules of the store that keeps it. */
export { goJson, sortedKeys as sortKeys } from '../storage/go-json.ts';

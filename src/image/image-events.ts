/** What happened to an image, as podman's events name it. */
export type ImageEventType =
  | 'build'
  | 'import'
  | 'loadfromarchive'
  | 'mount'
  | 'prune'
  | 'pull'
  | 'pull-error'
  | 'push'
  | 'remove'
  | 'save'
  | 'tag'
  | 'unmount'
  | 'untag';

/** One entry for the event log. `name` is what the user typed (pull, push) or the path (save, load). */
export interface ImageEvent {
  readonly type: ImageEventType;
  readonly id: string;
  readonly name: string;
  readonly time: Date;
  readonly error?: string;
}

export type ImageEventListener = (event: ImageEvent) => void;

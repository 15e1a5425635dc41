/** A moment as tar keeps it: whole seconds (rounded down) and nanoseconds. */
export interface TarTime {
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** The one-letter types of POSIX and GNU tar. */
export const EntryType = {
  file: '0',
  hardLink: '1',
  symbolicLink: '2',
  character: '3',
  block: '4',
  directory: '5',
  fifo: '6',
  contiguous: '7',
  gnuSparse: 'S',
  globalPax: 'g',
  pax: 'x',
  gnuLongName: 'L',
  gnuLongLink: 'K',
} as const;

/** What one entry of an archive says, PAX and GNU extensions applied. Names and PAX values are byte strings (byte-names.ts). */
export interface TarEntry {
  /** As written: not cleaned. */
  name: string;
  linkName: string;
  /** One letter; `\0` is already told apart into file and directory. */
  type: string;
  /** Bytes of content; of a sparse file with its holes; 0 for what has no content. */
  size: number;
  /** Permission bits with setuid, setgid and sticky, as in the header. */
  mode: number;
  uid: number;
  gid: number;
  userName: string;
  groupName: string;
  mtime: TarTime;
  atime?: TarTime;
  deviceMajor: number;
  deviceMinor: number;
  /** PAX records of this entry, undefined without any. */
  pax?: Map<string, string>;
  /** Data ranges of a sparse file, in order. */
  sparse?: readonly SparseRange[];
}

export interface SparseRange {
  readonly offset: number;
  readonly length: number;
}

const contentTypes = new Set<string>([EntryType.file, EntryType.contiguous, EntryType.gnuSparse]);
const headerOnlyTypes = new Set<string>([
  EntryType.hardLink,
  EntryType.symbolicLink,
  EntryType.character,
  EntryType.block,
  EntryType.directory,
  EntryType.fifo,
]);

/** Whether an entry of this type unpacks to a regular file. */
export const isFileType = (type: string): boolean => contentTypes.has(type);

/** Whether the size field of an entry of this type means nothing. */
export const isHeaderOnly = (type: string): boolean => headerOnlyTypes.has(type);

/** What reading one document may cost at most. Each figure is named in the message of the error that it raises. */
export interface DocumentLimits {
  /** Bytes of the file as it is given. */
  readonly sourceBytes: number;
  /** UTF-16 units of the text that comes out. */
  readonly textLength: number;
  /** Bytes of one row of a table or one line of data. */
  readonly rowBytes: number;
  /** Milliseconds in the child process; on a full machine it is given more, until it has worked for most of them. */
  readonly wallMs: number;
  /** Resident memory of the child process, in bytes. */
  readonly memoryBytes: number;
  /** Languages that text in pictures is recognised in, such as `eng+deu`; empty: it is not recognised. */
  readonly recognise: string;
  /** Pages of a document whose text is recognised. */
  readonly recognisedPages: number;
  /** Milliseconds that an unused child process stays warm. */
  readonly idleMs: number;
}

const mebibyte = 1024 * 1024;

export const defaultLimits: DocumentLimits = {
  sourceBytes: 100 * mebibyte,
  textLength: 32 * mebibyte,
  rowBytes: 1_000_000,
  wallMs: 30_000,
  memoryBytes: 1024 * mebibyte,
  recognise: 'eng',
  recognisedPages: 1_000,
  idleMs: 20_000,
};

/** Bounds of a zip package (docx, xlsx, pptx, epub), checked before anything is inflated and again while it is. */
export const zipLimits = {
  entryBytes: 200_000_000,
  totalBytes: 500_000_000,
  ratio: 200,
  /** A small entry may shrink more than `ratio`: it cannot hurt. */
  smallBytes: 5_000_000,
  entries: 10_000,
  xmlDepth: 256,
} as const;

/** Deepest nesting of HTML elements that is read. */
export const htmlDepth = 512;

/** The limits for reading a document. The error of each limit names its value. */
export interface DocumentLimits {
  /** Bytes of the given file. */
  readonly sourceBytes: number;
  /** UTF-16 code units of the extracted text. */
  readonly textLength: number;
  /** Bytes of a row of a table or a line of data. */
  readonly rowBytes: number;
  /** Milliseconds in the child process. On a busy machine the child gets more time, until it had the processor for most of them. */
  readonly wallMs: number;
  /** Resident memory of the child process, in bytes. */
  readonly memoryBytes: number;
  /** The languages in which text in pictures is recognised, such as `eng+deu`. If empty, it is not recognised. */
  readonly recognise: string;
  /** The most pages of a document whose text is recognised. */
  readonly recognisedPages: number;
  /** How long an unused child process is kept, in milliseconds. */
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

/** Limits of a zip package (docx, xlsx, pptx, epub), checked before anything is inflated and again during inflation. */
export const zipLimits = {
  entryBytes: 200_000_000,
  totalBytes: 500_000_000,
  ratio: 200,
  /** An entry up to this size may be compressed more than `ratio`, because it cannot do harm. */
  smallBytes: 5_000_000,
  entries: 10_000,
  xmlDepth: 256,
} as const;

/** The deepest nesting of HTML elements that is read. */
export const htmlDepth = 512;

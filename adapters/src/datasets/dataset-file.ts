/** A file of an import. It may be opened once. */
export interface DatasetFile {
  readonly name: string;
  readonly content: AsyncIterable<Uint8Array>;
}

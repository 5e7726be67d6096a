/** A file of an import. It can be opened only once. */
export interface DatasetFile {
  readonly name: string;
  readonly content: AsyncIterable<Uint8Array>;
}

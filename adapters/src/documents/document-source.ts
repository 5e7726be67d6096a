/** The input of a parser: bytes or text, and hints about their format. */
export interface DocumentSource {
  readonly content: Uint8Array | string;
  readonly name?: string;
  readonly mediaType?: string;
}

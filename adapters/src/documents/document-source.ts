/** What a parser gets: bytes or text, and what is known of them beforehand. */
export interface DocumentSource {
  readonly content: Uint8Array | string;
  readonly name?: string;
  readonly mediaType?: string;
}

/** The media type of an upload, from its bytes: a declared type is never trusted. The library is loaded at its first use. */
export async function mediaTypeOf(content: Uint8Array, name: string): Promise<string> {
  const { sniffMediaType } = await import('@heddle/adapters/documents');
  return sniffMediaType(content, name);
}

/** The media type of a file on disk. */
export async function mediaTypeOfFile(path: string, name: string): Promise<string> {
  const { sniffMediaTypeOfFile } = await import('@heddle/adapters/documents');
  return sniffMediaTypeOfFile(path, name);
}

/**
 * Detects the media type of an upload from its bytes, because a declared type cannot be trusted. The library is loaded at the first use.
 */
export async function mediaTypeOf(content: Uint8Array, name: string): Promise<string> {
  const { sniffMediaType } = await import('@heddle/adapters/documents');
  return sniffMediaType(content, name);
}

/** As `mediaTypeOf`, for a file on disk. */
export async function mediaTypeOfFile(path: string, name: string): Promise<string> {
  const { sniffMediaTypeOfFile } = await import('@heddle/adapters/documents');
  return sniffMediaTypeOfFile(path, name);
}

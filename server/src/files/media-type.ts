/** The type of what somebody uploads, by its bytes: what they declare is never believed. What tells types loads when it is first needed. */
export async function mediaTypeOf(content: Uint8Array, name: string): Promise<string> {
  const { sniffMediaType } = await import('@heddle/adapters/documents');
  return sniffMediaType(content, name);
}

/** The same for a file on the disk. */
export async function mediaTypeOfFile(path: string, name: string): Promise<string> {
  const { sniffMediaTypeOfFile } = await import('@heddle/adapters/documents');
  return sniffMediaTypeOfFile(path, name);
}

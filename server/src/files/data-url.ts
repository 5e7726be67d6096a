/** The content of a data URL. */
export interface DataUrl {
  /** The declared type, in lower case; empty where there is none. */
  readonly mediaType: string;
  readonly content: Buffer;
}

/** Longest part before the comma. */
const longestHead = 500;

/**
 * Reads a data URL in base64; undefined for anything else.
 *
 * @example readDataUrl('data:text/plain;base64,aGk=')?.content.toString() // 'hi'
 */
export function readDataUrl(text: string): DataUrl | undefined {
  const comma = text.slice(0, longestHead).indexOf(',');
  if (comma < 0 || !/^data:/i.test(text)) return undefined;
  const [mediaType = '', ...parameters] = text.slice('data:'.length, comma).toLowerCase().split(';');
  const body = text.slice(comma + 1);
  if (parameters.at(-1)?.trim() !== 'base64' || !/^[A-Za-z0-9+/]+={0,2}$/.test(body)) return undefined;
  return { mediaType: mediaType.trim(), content: Buffer.from(body, 'base64') };
}

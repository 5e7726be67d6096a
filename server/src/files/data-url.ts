/** The content of a data URL. */
interface DataUrl {
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
  const content = parameters.at(-1)?.trim() === 'base64' ? readBase64(body) : undefined;
  return content === undefined ? undefined : { mediaType: mediaType.trim(), content };
}

/**
 * The bytes of a base64 text, at least one; undefined for any other text. The decoder skips characters that are no base64, so a text with one
 * gives fewer bytes than its length says. A regular expression would need more stack than there is for tens of megabytes.
 */
function readBase64(text: string): Buffer | undefined {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const length = text.length - padding;
  if (length < 2 || length % 4 === 1 || text.includes('-') || text.includes('_')) return undefined;
  const content = Buffer.from(text, 'base64');
  return content.byteLength === Math.floor((length * 3) / 4) ? content : undefined;
}

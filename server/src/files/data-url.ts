interface DataUrl {
  /** The declared type in lower case; empty if none is declared. */
  readonly mediaType: string;
  readonly content: Buffer;
}

/** The longest allowed part before the comma. */
const longestHead = 500;

/**
 * Parses a base64 data URL; undefined for anything else.
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
 * Decodes base64 to at least one byte; undefined for any other text. The decoder skips invalid characters, so a text that contains one
 * gives fewer bytes than its length promises. A regular expression would overflow the stack on tens of megabytes.
 */
function readBase64(text: string): Buffer | undefined {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const length = text.length - padding;
  if (length < 2 || length % 4 === 1 || text.includes('-') || text.includes('_')) return undefined;
  const content = Buffer.from(text, 'base64');
  return content.byteLength === Math.floor((length * 3) / 4) ? content : undefined;
}

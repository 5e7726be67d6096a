/** `reading-time` is `readingTime`. */
export function toIdentifier(name) {
  return name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
}

/** `reading-time` is `Reading time`. */
export function toTitle(name) {
  const text = name.replaceAll('-', ' ');
  return `${text[0].toUpperCase()}${text.slice(1)}`;
}

/** `reading-time` is `ReadingTime`. */
export function toClassName(name) {
  const identifier = toIdentifier(name);
  return `${identifier[0].toUpperCase()}${identifier.slice(1)}`;
}

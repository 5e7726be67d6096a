/** Turns `reading-time` into `readingTime`. */
export function toIdentifier(name) {
  return name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
}

/** Turns `reading-time` into `Reading time`. */
export function toTitle(name) {
  const text = name.replaceAll('-', ' ');
  return `${text[0].toUpperCase()}${text.slice(1)}`;
}

/** Turns `reading-time` into `ReadingTime`. */
export function toClassName(name) {
  const identifier = toIdentifier(name);
  return `${identifier[0].toUpperCase()}${identifier.slice(1)}`;
}

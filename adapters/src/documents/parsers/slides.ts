import type { ParsedDocument, TextSpan } from '@heddle/core';

export interface SlideText {
  readonly title: string;
  readonly body: string;
  readonly notes: string;
}

/** Writes a presentation as Markdown: a heading and a page for each slide that has text. */
export function slideDocument(
  slides: readonly SlideText[],
  mediaType: string,
  title: string | undefined,
): ParsedDocument {
  const parts: string[] = [];
  const spans: TextSpan[] = [];
  let length = 0;
  let first: string | undefined;
  for (const [index, slide] of slides.entries()) {
    const heading = slide.title === '' ? `Slide ${index + 1}` : slide.title;
    const body = [slide.body, slide.notes === '' ? '' : `Notes: ${slide.notes}`]
      .filter((block) => block !== '')
      .join('\n\n');
    if (slide.title === '' && body === '') continue;
    first ??= slide.title === '' ? undefined : slide.title;
    const text = `## ${heading}\n\n${body}`.trimEnd();
    spans.push({ start: length, end: length + text.length, page: index + 1, headings: [heading] });
    parts.push(text);
    length += text.length + 2;
  }
  return { mediaType, format: 'markdown', text: parts.join('\n\n'), spans, title: title ?? first };
}

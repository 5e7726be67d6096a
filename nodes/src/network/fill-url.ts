import { HeddleError, parseTemplate, readPath, valueText, formatPath } from '@heddle/core';

/**
 * Renders an address. Values are percent-encoded, so that none can change the host, path or query. A template that is a single placeholder
 * takes a whole address. Errors: `template_invalid`.
 */
export function fillUrl(template: string, values: Readonly<Record<string, unknown>>): string {
  const parts = parseTemplate(template.trim());
  const isWhole = parts.length === 1;
  return parts
    .map((part) => {
      if (part.type === 'text') return part.text;
      const found = readPath(values, part.path);
      if (!found.found) {
        if (part.isOptional) return '';
        throw new HeddleError(
          'template_invalid',
          `The address uses '${formatPath(part.path)}', which has no value: connect it, or write {{ ${formatPath(part.path)}? }} if it may be missing.`,
        );
      }
      const text = valueText(found.value);
      return isWhole ? text.trim() : encodeURIComponent(text);
    })
    .join('');
}

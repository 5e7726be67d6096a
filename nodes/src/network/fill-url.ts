import { HeddleError, parseTemplate, readPath, valueText, formatPath } from '@heddle/core';

/**
 * Fills an address: values are percent-encoded, so that none can change host, path or query. A template that is one
 * placeholder and nothing else takes a whole address. Errors: `template_invalid`.
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
          `The address asks for '${formatPath(part.path)}', which is not there: connect it, or write {{ ${formatPath(part.path)}? }} where it may be missing.`,
        );
      }
      const text = valueText(found.value);
      return isWhole ? text.trim() : encodeURIComponent(text);
    })
    .join('');
}

import { HeddleError, Json, parseTemplate, templatePaths, type Port } from '@heddle/core';
import { z } from 'zod';

/** A config field for a template. An invalid template is reported at the field. */
export const templateText = z.string().superRefine((template, check) => {
  try {
    parseTemplate(template);
  } catch (error) {
    check.addIssue({ code: 'custom', message: error instanceof HeddleError ? error.message : String(error) });
  }
});

/** The inputs of templates: one for each name, optional if every use of it is optional. */
export function inputsOfTemplates(templates: readonly string[]): Readonly<Record<string, Port>> {
  const asked = new Map<string, { isOptional: boolean; readonly paths: Set<string> }>();
  for (const template of templates) {
    for (const { path, text, isOptional } of templatePaths(template)) {
      const name = String(path[0]);
      const known = asked.get(name) ?? { isOptional: true, paths: new Set() };
      known.isOptional &&= isOptional;
      known.paths.add(text);
      asked.set(name, known);
    }
  }
  return Object.fromEntries(
    [...asked].map(([name, { isOptional, paths }]) => [
      name,
      (isOptional ? Json.optional() : Json).with({ paths: [...paths] }),
    ]),
  );
}

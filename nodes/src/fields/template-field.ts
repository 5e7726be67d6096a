import { HeddleError, Json, parseTemplate, templateNames, type Port } from '@heddle/core';
import { z } from 'zod';

/** A template as a config field: one that cannot be read is reported at the field. */
export const templateText = z.string().superRefine((template, check) => {
  try {
    parseTemplate(template);
  } catch (error) {
    check.addIssue({ code: 'custom', message: error instanceof HeddleError ? error.message : String(error) });
  }
});

/** Inputs that follow from templates: one for each name, optional where every use of it may be missing. */
export function inputsOfTemplates(templates: readonly string[]): Readonly<Record<string, Port>> {
  const isOptional = new Map<string, boolean>();
  for (const template of templates) {
    for (const [name, use] of templateNames(template))
      isOptional.set(name, use.isOptional && (isOptional.get(name) ?? true));
  }
  return Object.fromEntries([...isOptional].map(([name, optional]) => [name, optional ? Json.optional() : Json]));
}

import { textOf, WorkflowTest, type LabelLevel, type OutputAssertion, type PortDescription } from '@heddle/core';
import type { FormValues } from '../../ui/schema-form/read-fields.js';
import { readInputs } from '../../ui/schema-form/read-inputs.js';

/** The check of an output, as the form holds it. */
export interface OutputForm {
  readonly equals: string;
  /** Texts, one per line. */
  readonly contains: string;
  readonly matches: string;
  readonly label: LabelLevel | '';
  /** The form does not show a JSON schema; it is kept as it is in the file. */
  readonly schema: OutputAssertion['schema'];
}

/** A test as the form holds it. */
export interface TestForm {
  readonly name: string;
  readonly inputs: FormValues;
  readonly outputs: Readonly<Record<string, OutputForm>>;
  readonly citationsMin: string;
  /** Documents, one per line. */
  readonly citationsDocuments: string;
  readonly cost: string;
  readonly error: string;
}

export const noOutput: OutputForm = { equals: '', contains: '', matches: '', label: '', schema: undefined };

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '');

/** The form of an existing test. */
export function formOf({ name, inputs, expect }: WorkflowTest): TestForm {
  return {
    name,
    inputs: Object.fromEntries(Object.entries(inputs).map(([input, value]) => [input, textOf(value)])),
    outputs: Object.fromEntries(
      Object.entries(expect.outputs).map(([output, assertion]) => [
        output,
        {
          equals: 'equals' in assertion ? textOf(assertion.equals) : '',
          contains: [assertion.contains ?? []].flat().join('\n'),
          matches: assertion.matches ?? '',
          label: assertion.label ?? '',
          schema: assertion.schema,
        },
      ]),
    ),
    citationsMin: expect.citations?.min === undefined ? '' : String(expect.citations.min),
    citationsDocuments: (expect.citations?.documents ?? []).join('\n'),
    cost: expect.cost === undefined ? '' : String(expect.cost),
    error: expect.error ?? '',
  };
}

type ReadTest =
  | { readonly ok: true; readonly test: WorkflowTest }
  | { readonly ok: false; readonly errors: Readonly<Record<string, string>> };

interface WorkflowPorts {
  readonly inputs: readonly PortDescription[];
  readonly outputs: readonly PortDescription[];
}

/** The test of a form, or the errors by field: `name`, `input NAME`, `output NAME`, `cost`, `citations`. */
export function testOf(form: TestForm, planInterface: WorkflowPorts): ReadTest {
  const errors: Record<string, string> = {};
  const name = form.name.trim();
  const misnamed = WorkflowTest.shape.name.safeParse(name).error?.issues[0];
  if (misnamed !== undefined) errors['name'] = name === '' ? 'Enter a name.' : `${misnamed.message}.`;
  const inputs = readInputs(planInterface.inputs, form.inputs);
  // A test that expects an error may omit a required input.
  if (!inputs.ok && form.error.trim() === '')
    for (const [input, message] of Object.entries(inputs.errors)) errors[`input ${input}`] = message;
  const outputs: Record<string, OutputAssertion> = {};
  for (const [output, typed] of Object.entries(form.outputs)) {
    const read = assertionOf(typed, planInterface.outputs.find((port) => port.name === output)?.type === 'Text');
    if (typeof read === 'string') errors[`output ${output}`] = read;
    else if (Object.keys(read).length > 0) outputs[output] = read;
  }
  const cost = numberOf(form.cost);
  if (Number.isNaN(cost)) errors['cost'] = 'Enter a number, such as 0.01.';
  const min = numberOf(form.citationsMin);
  if (Number.isNaN(min) || (min !== undefined && !Number.isInteger(min))) errors['citations'] = 'Enter a whole number.';
  if (Object.keys(errors).length > 0) return { ok: false, errors };
  const documents = linesOf(form.citationsDocuments);
  const citations = { ...(min === undefined ? {} : { min }), ...(documents.length === 0 ? {} : { documents }) };
  const error = form.error.trim();
  return {
    ok: true,
    test: {
      name,
      inputs: inputs.ok ? { ...inputs.values } : typedInputs(planInterface.inputs, form.inputs),
      expect: {
        outputs,
        ...(Object.keys(citations).length === 0 ? {} : { citations }),
        cost,
        ...(error === '' ? {} : { error }),
      },
    },
  };
}

/** Whether the form differs from the stored test. */
export function isChanged(form: TestForm, test: WorkflowTest, planInterface: WorkflowPorts): boolean {
  const comparable = (typed: TestForm): string => {
    const read = testOf(typed, planInterface);
    return JSON.stringify(read.ok ? read.test : typed);
  };
  return comparable(form) !== comparable(formOf(test));
}

function assertionOf(
  { equals, contains, matches, label, schema }: OutputForm,
  isText: boolean,
): OutputAssertion | string {
  const parts = linesOf(contains);
  const value = equals === '' ? undefined : isText ? { value: equals } : readJson(equals);
  if (equals !== '' && value === undefined) return 'The expected value is not valid JSON. Put texts in quotes.';
  if (matches !== '') {
    try {
      new RegExp(matches, 'u');
    } catch {
      return 'This is not a valid regular expression.';
    }
  }
  return {
    ...(value === undefined ? {} : { equals: value.value }),
    ...(parts.length === 0 ? {} : { contains: parts.length === 1 ? (parts[0] ?? '') : parts }),
    ...(matches === '' ? {} : { matches }),
    ...(label === '' ? {} : { label }),
    ...(schema === undefined ? {} : { schema }),
  };
}

function typedInputs(ports: readonly PortDescription[], values: FormValues): Record<string, unknown> {
  return Object.fromEntries(
    ports.flatMap((port) => {
      const read = readInputs([{ ...port, isOptional: true }], values);
      return read.ok ? Object.entries(read.values) : [];
    }),
  );
}

function numberOf(text: string): number | undefined {
  return text.trim() === '' ? undefined : Number(text) < 0 ? Number.NaN : Number(text);
}

function readJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

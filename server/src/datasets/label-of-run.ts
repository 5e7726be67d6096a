import { joinLabels, publicLabel, type Label, type LabelledValue, type RunState } from '@heddle/core';

type Values = Readonly<Record<string, LabelledValue>>;

/** The strictest label of all values of a run. The labels of its inputs come from the nodes that read them. */
export function labelOfRun({ outputs, executions }: RunState, inputs: Values): Label {
  const all: readonly (Values | undefined)[] = [
    inputs,
    outputs,
    ...[...executions.values()].map((execution) => execution.outputs),
  ];
  return all
    .flatMap((values) => Object.values(values ?? {}))
    .reduce((label, value) => joinLabels(label, value.label), publicLabel);
}

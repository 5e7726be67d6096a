import type { DashboardReply } from '@heddle/core';
import { X } from 'lucide-react';
import type { ReactElement } from 'react';
import { SegmentedControl } from '../../ui/buttons/SegmentedControl.js';
import { FilterSelect } from '../../ui/fields/FilterSelect.js';
import { timeText } from './time-text.js';
import { ranges, type DashboardFilter, type FilterName } from './dashboard-filter.js';
import { groupings } from './groupings.js';

type Choices = readonly (readonly [string, string])[];

/** The filters above the charts. They offer only values for which there are figures. */
export function DashboardFilters({
  filter,
  workflows,
  groups,
  onChange,
}: {
  readonly filter: DashboardFilter;
  readonly workflows: Choices;
  readonly groups: DashboardReply['groups'] | undefined;
  readonly onChange: (change: Partial<DashboardFilter>) => void;
}): ReactElement {
  const choicesOf = (name: 'model' | 'key' | 'channel'): Choices => withChosen(named(groups, name), filter[name]);
  const select = (name: FilterName, label: string, everything: string, choices: Choices): ReactElement | null =>
    choices.length === 0 ? null : (
      <FilterSelect
        label={label}
        everything={everything}
        choices={choices}
        value={filter[name]}
        onChange={(value) => onChange({ [name]: value, ...(name === 'workflow' ? { version: '' } : {}) })}
      />
    );
  return (
    <div className="filters">
      <SegmentedControl
        label="Time"
        choices={ranges.map(({ id, title }) => [id, title] as const)}
        value={filter.time === undefined ? filter.range : undefined}
        onChange={(range) => range === undefined || onChange({ range, time: undefined })}
      />
      {filter.time === undefined ? null : (
        <button type="button" className="button" onClick={() => onChange({ time: undefined })}>
          {timeText(filter.time.from)} – {timeText(filter.time.to)} <X size={14} aria-hidden />
          <span className="visually-hidden">Show the whole time</span>
        </button>
      )}
      {select('workflow', 'Workflow', 'Any workflow', withChosen(workflows, filter.workflow))}
      {filter.workflow === ''
        ? null
        : select('version', 'Version', 'Any version', withChosen(versionsOf(groups), filter.version))}
      {select('model', 'Model', 'Any model', choicesOf('model'))}
      {select('key', 'Caller', 'Any caller', choicesOf('key'))}
      {select('channel', 'Channel', 'Any channel', choicesOf('channel'))}
    </div>
  );
}

function named(groups: DashboardReply['groups'] | undefined, name: 'model' | 'key' | 'channel'): Choices {
  const textOf = groupings.find(({ id }) => id === name)?.textOf;
  return (groups?.[name] ?? [])
    .filter((group) => group.name !== '')
    .map((group) => [group.name, group.title ?? textOf?.(group.name) ?? group.name] as const);
}

function versionsOf(groups: DashboardReply['groups'] | undefined): Choices {
  return (groups?.version ?? [])
    .map(({ name }) => name.split(' ')[1] ?? '')
    .filter((version) => version !== '')
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => [version, version === '0' ? 'Draft' : `Version ${version}`] as const);
}

/** Adds the selected value to the choices, even if there are no figures for it. */
const withChosen = (choices: Choices, value: string): Choices =>
  value === '' || choices.some(([id]) => id === value) ? choices : [...choices, [value, value]];

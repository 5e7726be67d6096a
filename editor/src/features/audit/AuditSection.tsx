import { AuditAct } from '@heddle/core';
import { useDeferredValue, useMemo, useState, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { projectStore } from '../../data/access/project-store.js';
import { actName, everything, filterOf, type AuditForm, exportAddress } from './audit-filter.js';
import { ShowMore } from '../../ui/buttons/ShowMore.js';
import { useAgain } from '../../data/queries/use-again.js';
import { usePages } from '../../data/queries/use-pages.js';
import { WhenLoaded } from '../../ui/states/WhenLoaded.js';
import { auditPages } from './audit-pages.js';
import { AuditTable } from './AuditTable.js';
import { Verify } from './Verify.js';
import { Allowed } from '../../ui/states/Allowed.js';

const tailMs = 3_000;
const stay = (): void => undefined;

/** The audit log: filtered, live, verified and exported. */
export function AuditSection(): ReactElement {
  return (
    <Allowed permission="audit:read" what="Reading the audit log">
      <Records />
    </Allowed>
  );
}

function Records(): ReactElement {
  const projects = useStore(projectStore, (state) => state.projects) ?? [];
  const [form, setForm] = useState<AuditForm>(everything);
  const [isTailed, setTailed] = useState(true);
  const typed = useDeferredValue(form);
  const filter = useMemo(() => filterOf(typed), [typed]);
  const pages = usePages(auditPages, filter);
  const { again } = pages;
  useAgain(isTailed ? again : stay, tailMs);
  const change = (part: Partial<AuditForm>): void => setForm((before) => ({ ...before, ...part }));
  return (
    <>
      <Verify />
      <div className="audit-filters wrapped gap-12" role="group" aria-label="Filters">
        <label className="field">
          <span className="field-label">Event</span>
          <select value={form.act} onChange={(event) => change({ act: event.target.value })}>
            <option value="">Any</option>
            {AuditAct.options.map((act) => (
              <option key={act} value={act}>
                {actName(act)}
              </option>
            ))}
          </select>
        </label>
        {projects.length < 2 ? null : (
          <label className="field">
            <span className="field-label">Project</span>
            <select value={form.project} onChange={(event) => change({ project: event.target.value })}>
              <option value="">Any</option>
              {projects.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        )}
        {textFields.map((field) => (
          <FilterField key={field.name} {...field} form={form} onChange={change} />
        ))}
        <div className="audit-times wrapped gap-12">
          {timeFields.map((field) => (
            <FilterField key={field.name} {...field} form={form} onChange={change} />
          ))}
        </div>
      </div>
      <div className="section-bar">
        <label className="choice">
          <input type="checkbox" checked={isTailed} onChange={(event) => setTailed(event.target.checked)} />
          <span>New events appear automatically</span>
        </label>
        <span className="head-actions">
          {isTailed ? null : (
            <button type="button" className="button button-small" onClick={again}>
              Refresh
            </button>
          )}
          <a className="button button-small" href={exportAddress(filter, 'jsonl')} download>
            Export JSONL
          </a>
          <a className="button button-small" href={exportAddress(filter, 'csv')} download>
            Export CSV
          </a>
        </span>
      </div>
      <WhenLoaded
        loaded={{ ...pages, value: pages.value?.records }}
        words="Loading audit log…"
        empty={typed === everything ? 'No events yet.' : 'No event matches. Change the filters.'}
      >
        {(records) => (
          <AuditTable
            records={records}
            names={pages.value?.names ?? {}}
            onWho={(who) => change({ who })}
            onSubject={(subject) => change({ subject })}
          />
        )}
      </WhenLoaded>
      <ShowMore pages={pages} what="events" />
    </>
  );
}

const textFields = [
  { name: 'who', title: 'Actor', type: 'search', placeholder: 'user:…' },
  { name: 'subject', title: 'Subject', type: 'search', placeholder: 'workflow:…' },
] as const;
const timeFields = [
  { name: 'from', title: 'From', type: 'datetime-local', placeholder: '' },
  { name: 'to', title: 'Until', type: 'datetime-local', placeholder: '' },
] as const;

function FilterField({
  name,
  title,
  type,
  placeholder,
  form,
  onChange,
}: (typeof textFields | typeof timeFields)[number] & {
  readonly form: AuditForm;
  readonly onChange: (part: Partial<AuditForm>) => void;
}): ReactElement {
  return (
    <label className="field">
      <span className="field-label">{title}</span>
      <input
        type={type}
        placeholder={placeholder}
        value={form[name]}
        onChange={(event) => onChange({ [name]: event.target.value })}
      />
    </label>
  );
}

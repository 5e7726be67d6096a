import type { TemplateCategory, TemplateSummary } from '@heddle/core';
import { useEffect, useMemo, useState, type ReactElement } from 'react';
import { useGet } from '../../../data/queries/use-get.js';
import { isOpenJob, useJobs } from '../../../data/queries/use-topic.js';
import { FilterSelect } from '../../../ui/fields/FilterSelect.js';
import { SearchField } from '../../../ui/fields/SearchField.js';
import { navigate, templatesPath } from '../../../ui/navigation/route.js';
import { PageLayout } from '../../../ui/states/PageLayout.js';
import { Section } from '../../../ui/states/Section.js';
import { TemplateDialog } from './TemplateDialog.js';
import { TemplateTile } from './TemplateTile.js';
import { categories, filterTemplates } from './template-text.js';
import { TryOut } from './TryOut.js';
import { useTemplate } from './use-template.js';

/** The gallery of templates. Each shows its purpose, its needs, and what is missing here; it can be tried with sample data, or copied. */
export function TemplatesPage({
  shown,
}: {
  /** The id of the template whose description is open. */
  readonly shown: string | undefined;
}): ReactElement {
  const templates = useGet('/api/templates', {}, ({ templates }) => templates);
  const jobs = useJobs();
  const work = useTemplate();
  const [category, setCategory] = useState<TemplateCategory | ''>('');
  const [query, setQuery] = useState('');
  const [tried, setTried] = useState<TemplateSummary>();
  // When a download or an import ends, less may be missing.
  const ended = jobs.filter((job) => !isOpenJob(job)).length;
  const refresh = templates.again;
  useEffect(() => {
    if (ended > 0) refresh();
  }, [ended, refresh]);
  const all = templates.value;
  const list = useMemo(() => filterTemplates(all ?? [], category, query), [all, category, query]);
  const about = all?.find(({ id }) => id === shown);
  const present = useMemo(() => categories.filter(([id]) => all?.some((one) => one.category === id)), [all]);
  const open = (template: TemplateSummary | undefined): void => navigate(templatesPath(template?.id));
  return (
    <>
      <PageLayout title="Templates">
        <p className="page-lead quiet">
          Workflows that solve a problem each. Try one with its sample data, then use a copy.
        </p>
        <div className="filters">
          {present.length === 0 ? null : (
            <FilterSelect
              label="Category"
              everything="All categories"
              choices={present}
              value={category}
              onChange={setCategory}
            />
          )}
          <SearchField label="Search templates" placeholder="Search templates" value={query} onChange={setQuery} />
        </div>
        {shown !== undefined && all !== undefined && about === undefined ? (
          <p role="alert">This Heddle has no template “{shown.slice(0, 100)}”.</p>
        ) : null}
        <Section
          title={all === undefined ? 'Gallery' : `Gallery: ${list.length} of ${all.length}`}
          loaded={{ ...templates, value: all === undefined ? undefined : list }}
          empty={
            (all ?? []).length === 0 ? (
              'This Heddle has no templates.'
            ) : (
              <NoMatch
                onClear={() => {
                  setCategory('');
                  setQuery('');
                }}
              />
            )
          }
        >
          {(matches) => (
            <ul className="tiles">
              {matches.map((template) => (
                <TemplateTile
                  key={template.id}
                  template={template}
                  work={work}
                  jobs={jobs}
                  onAbout={() => open(template)}
                  onTry={() => (template.isRunnable ? setTried(template) : open(template))}
                />
              ))}
            </ul>
          )}
        </Section>
      </PageLayout>
      {about === undefined || tried !== undefined ? null : (
        <TemplateDialog
          template={about}
          work={work}
          jobs={jobs}
          onTry={() => setTried(about)}
          onClose={() => open(undefined)}
        />
      )}
      {tried === undefined ? null : (
        <TryOut template={tried} work={work} jobs={jobs} onClose={() => setTried(undefined)} />
      )}
    </>
  );
}

function NoMatch({ onClear }: { readonly onClear: () => void }): ReactElement {
  return (
    <>
      No template matches.{' '}
      <button type="button" className="text-link" onClick={onClear}>
        Show all
      </button>
    </>
  );
}

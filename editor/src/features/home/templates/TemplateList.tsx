import type { TemplateSummary } from '@heddle/core';
import { Suspense, useState, type ReactElement } from 'react';
import { IfMay } from '../../../ui/states/IfMay.js';
import { client } from '../../../data/api/client.js';
import { Notice } from '../../../ui/states/Notice.js';
import { lazyPage } from '../../../ui/navigation/lazy-page.js';
import { navigate, workflowPath } from '../../../ui/navigation/route.js';
import { useAction } from '../../../data/queries/use-action.js';
import { useJobs } from '../../../data/queries/use-topic.js';
import { describeIngest } from '../../collections/index.js';
import { Sketch } from '../Sketch.js';
import { embedderFor, needsOf } from './template-needs.js';
import { TemplateFacts } from './TemplateFacts.js';
import { useStock } from './use-stock.js';
import { waitForJobs } from './wait-for-jobs.js';

/** The notice about templates. */
export const loadDialogs = () => import('./TemplateDialog.js');
const AboutTemplate = lazyPage(() => loadDialogs().then(({ AboutTemplate: dialog }) => dialog));
const CopiedTemplate = lazyPage(() => loadDialogs().then(({ CopiedTemplate: dialog }) => dialog));

/** Templates, copied with one click together with their documents; missing requirements are shown. */
export function TemplateList({ templates }: { readonly templates: readonly TemplateSummary[] }): ReactElement {
  const [used, setUsed] = useState<string>();
  const [begun, setBegun] = useState<readonly string[]>([]);
  const [about, setAbout] = useState<TemplateSummary>();
  const [copied, setCopied] = useState<{ readonly template: TemplateSummary; readonly slug: string }>();
  const action = useAction();
  const jobs = useJobs();
  const { stock, again } = useStock();
  const current = jobs.find((job) => begun.includes(job.jobId));
  const use = (template: TemplateSummary): void => {
    // A collection needs an embedding model: without one, the dialog offers the download.
    if (embedderFor(template, stock).length > 0) {
      setAbout(template);
      return;
    }
    setUsed(template.id);
    action.run(async () => {
      const { workflow, jobs: made } = await client.POST('/api/templates/{id}', {
        params: { path: { id: template.id } },
      });
      setBegun(made);
      await waitForJobs(made);
      setAbout(undefined);
      again();
      const collections = (await client.GET('/api/collections')).collections;
      if (needsOf(template, { ...stock, collections }).length === 0) navigate(workflowPath(workflow.slug));
      else setCopied({ template, slug: workflow.slug });
    });
  };
  const isCopying = ({ id }: TemplateSummary): boolean => action.isBusy && used === id;
  const button = (template: TemplateSummary, isPaused: boolean): ReactElement => (
    <IfMay permission="workflow:write">
      <button
        type="button"
        className={isPaused ? 'button button-primary' : 'button button-small'}
        disabled={action.isBusy || (isPaused && embedderFor(template, stock).length > 0)}
        aria-label={`${isCopying(template) ? 'Copying…' : 'Use'} ${template.name}`}
        onClick={() => use(template)}
      >
        {isCopying(template) ? 'Copying…' : 'Use'}
      </button>
    </IfMay>
  );
  return (
    <>
      <ul className="tiles">
        {templates.map((template) => (
          <li key={template.id} className="tile boxed-surface tile-template">
            <Sketch sketch={template.sketch} count={template.nodes} />
            <h3 className="tile-title truncate">{template.name}</h3>
            <p className="tile-text quiet">{template.summary}</p>
            <TemplateFacts template={template} needs={needsOf(template, stock)} />
            <div className="tile-actions aligned-wrapped">
              {button(template, false)}
              <button
                type="button"
                className="button button-small"
                aria-label={`About ${template.name}`}
                onClick={() => setAbout(template)}
              >
                About
              </button>
              {isCopying(template) && current !== undefined ? (
                <span className="quiet" role="status">
                  {describeIngest(current)}
                </span>
              ) : null}
            </div>
          </li>
        ))}
      </ul>
      {action.error === undefined ? null : <Notice error={action.error} />}
      <Suspense fallback={null}>
        {about === undefined ? null : (
          <AboutTemplate
            template={about}
            needs={needsOf(about, stock)}
            jobs={jobs}
            use={button(about, true)}
            onClose={() => setAbout(undefined)}
          />
        )}
        {copied === undefined ? null : (
          <CopiedTemplate
            {...copied}
            needs={needsOf(copied.template, stock)}
            jobs={jobs}
            onClose={() => setCopied(undefined)}
          />
        )}
      </Suspense>
    </>
  );
}

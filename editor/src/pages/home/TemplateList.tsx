import type { TemplateSummary } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { IfMay } from '../../access/IfMay.js';
import { library } from '../../api/library.js';
import { Notice } from '../../frame/Notice.js';
import { navigate, workflowPath } from '../route.js';
import { useAction } from '../use-action.js';
import { useJobs } from '../use-topic.js';
import { describeIngest } from '../collections/ingest-words.js';
import { Sketch } from './Sketch.js';
import { waitForJobs } from './wait-for-jobs.js';

/** Ready workflows, copied in by a click, together with the documents that they need. */
export function TemplateList({ templates }: { readonly templates: readonly TemplateSummary[] }): ReactElement {
  const [used, setUsed] = useState<string>();
  const [jobs, setJobs] = useState<readonly string[]>([]);
  const action = useAction();
  const states = useJobs();
  const current = states.find((job) => jobs.includes(job.jobId));
  const use = (id: string): void => {
    setUsed(id);
    action.run(async () => {
      const { workflow, jobs: begun } = await library.importTemplate(id);
      setJobs(begun);
      await waitForJobs(begun);
      navigate(workflowPath(workflow.slug));
    });
  };
  return (
    <>
      <ul className="tiles">
        {templates.map((template) => (
          <li key={template.id} className="tile tile-template">
            <Sketch sketch={template.sketch} />
            <h3 className="tile-title">{template.name}</h3>
            <p className="tile-text quiet">{template.summary}</p>
            <p className="tile-foot quiet">
              <span className="figure">{template.nodes === 1 ? '1 node' : `${template.nodes} nodes`}</span>
              {template.models
                .filter(({ isHere }) => !isHere)
                .map(({ id }) => (
                  <span key={id}>needs the model {id}</span>
                ))}
              {template.collections
                .filter(({ isHere }) => !isHere)
                .map(({ name, samples }) => (
                  <span key={name}>
                    {samples === 0 ? `makes the collection ${name}` : `brings ${samples} sample documents`}
                  </span>
                ))}
              {template.missingNodes.length === 0 ? null : (
                <span className="tile-issues">needs its own nodes: see its README</span>
              )}
            </p>
            <IfMay permission="workflow:write">
              <div className="tile-actions">
                <button
                  type="button"
                  className="button button-small"
                  disabled={action.isBusy}
                  aria-label={`Use ${template.name}`}
                  onClick={() => use(template.id)}
                >
                  {action.isBusy && used === template.id ? 'Copying…' : 'Use'}
                </button>
                {action.isBusy && used === template.id && current !== undefined ? (
                  <span className="quiet" role="status">
                    {describeIngest(current)}
                  </span>
                ) : null}
              </div>
            </IfMay>
          </li>
        ))}
      </ul>
      {action.error === undefined ? null : <Notice error={action.error} />}
    </>
  );
}

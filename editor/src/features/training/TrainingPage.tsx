import { GraduationCap } from 'lucide-react';
import type { ReactElement } from 'react';
import { useWorkflows } from '../../data/queries/use-workflows.js';
import { SelectField } from '../../ui/fields/FormFields.js';
import { Link } from '../../ui/navigation/Link.js';
import { navigate, qualityPath, templatesPath } from '../../ui/navigation/route.js';
import { EmptyState } from '../../ui/states/EmptyState.js';
import { PageLayout } from '../../ui/states/PageLayout.js';
import { ConsentSection } from './ConsentSection.js';
import { ExportSection } from './ExportSection.js';
import styles from './training.module.css';

/** Consent to train models on runs, and training sets made from feedback on runs. The address names the workflow. */
export function TrainingPage({
  item,
  tabs,
}: {
  readonly item: string | undefined;
  readonly tabs: ReactElement;
}): ReactElement {
  const { choices, nameOf, isEmpty } = useWorkflows();
  const workflow = item ?? '';
  return (
    <PageLayout title="Training">
      {tabs}
      <p className="page-lead quiet">
        Answers that people corrected, found good or compared become a file that trains a model. A run is used only if
        its caller had consented when it began.
      </p>
      {isEmpty && workflow === '' ? (
        <EmptyState
          Icon={GraduationCap}
          action={
            <Link href={templatesPath()} className="button">
              Browse templates
            </Link>
          }
        >
          No workflows yet. A training set is made from the runs of a workflow that people corrected or rated.
        </EmptyState>
      ) : (
        <div className={styles['training-workflow']}>
          <SelectField
            title="Workflow"
            value={workflow}
            choices={[
              ['', 'Choose a workflow'] as const,
              ...choices,
              // A workflow in the address stays visible even if the list does not contain it.
              ...(workflow === '' || choices.some(([id]) => id === workflow)
                ? []
                : [[workflow, nameOf(workflow)] as const]),
            ]}
            onChange={(chosen) => navigate(qualityPath('training', chosen === '' ? undefined : chosen))}
          />
        </div>
      )}
      {workflow === '' ? null : (
        <>
          <ConsentSection key={`consent ${workflow}`} workflow={workflow} />
          <ExportSection key={`export ${workflow}`} workflow={workflow} name={nameOf(workflow)} />
        </>
      )}
    </PageLayout>
  );
}

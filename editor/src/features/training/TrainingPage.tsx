import type { ReactElement } from 'react';
import { useWorkflows } from '../../data/queries/use-workflows.js';
import { SelectField } from '../../ui/fields/FormFields.js';
import { navigate, qualityPath } from '../../ui/navigation/route.js';
import { PageLayout } from '../../ui/states/PageLayout.js';
import { ConsentSection } from './ConsentSection.js';
import { ExportSection } from './ExportSection.js';

/** Whose runs may train a model, and training sets of what people said about runs. The workflow stands in the address. */
export function TrainingPage({
  item,
  tabs,
}: {
  readonly item: string | undefined;
  readonly tabs: ReactElement;
}): ReactElement {
  const { choices, nameOf } = useWorkflows();
  return (
    <PageLayout title="Training">
      {tabs}
      <p className="page-lead">
        Answers that people corrected, found good or compared become a file that trains a model. A run is used only if
        its caller had consented when it began.
      </p>
      <div className="training-workflow">
        <SelectField
          title="Workflow"
          value={item ?? ''}
          choices={[
            ['', choices.length === 0 ? 'No workflow here yet' : 'Choose a workflow'] as const,
            ...choices,
            // One of the address that the list does not have stays visible.
            ...(item === undefined || choices.some(([id]) => id === item) ? [] : [[item, nameOf(item)] as const]),
          ]}
          onChange={(workflow) => navigate(qualityPath('training', workflow === '' ? undefined : workflow))}
        />
      </div>
      {item === undefined || item === '' ? null : (
        <>
          <ConsentSection key={`consent ${item}`} workflow={item} />
          <ExportSection key={`export ${item}`} workflow={item} name={nameOf(item)} />
        </>
      )}
    </PageLayout>
  );
}

import clsx from 'clsx';
import { Suspense, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { projectKeys, projectStore, useNamedProject } from '../../data/access/project-store.js';
import { nameKeys } from '../../ui/keyboard/match-keys.js';
import { usePageKeys } from '../../ui/keyboard/use-page-keys.js';
import { lazyPage } from '../../ui/navigation/lazy-page.js';
import { RailLabel } from '../../ui/navigation/RailLabel.js';
import { initialsOf } from '../../ui/format/initials.js';
import { modifierName } from '../../ui/keyboard/modifier.js';
import styles from './frame.module.css';

const ProjectPicker = lazyPage(() => import('./ProjectPicker.js').then(({ ProjectPicker: picker }) => picker));

const chooseAnother = (): void => projectStore.setState({ isChoosing: true });

/** The project of this tab, with a button to switch. Hidden if there is only one. */
export function ProjectSwitch(): ReactElement | null {
  const project = useNamedProject();
  const isChoosing = useStore(projectStore, (state) => state.isChoosing);
  usePageKeys(projectKeys, chooseAnother, project !== undefined);
  if (project === undefined) return null;
  return (
    <>
      <button
        type="button"
        className={clsx(styles['rail-project'], 'raised centred')}
        aria-haspopup="dialog"
        aria-label={`Project ${project.name}: switch project`}
        data-tip={`${project.name}: switch project (${nameKeys(projectKeys, modifierName)})`}
        data-initials={initialsOf(project.name)}
        data-archived={project.archivedAt === undefined ? undefined : true}
        onClick={chooseAnother}
      >
        <RailLabel>{project.name}</RailLabel>
      </button>
      {isChoosing ? (
        <Suspense fallback={null}>
          <ProjectPicker />
        </Suspense>
      ) : null}
    </>
  );
}

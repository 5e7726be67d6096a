import { defaultProject, type ProjectReply } from '@heddle/core';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { client } from '../api/client.js';
import { onProjectGone } from '../http/http.js';
import { currentProject, forgetProject, storeProject } from './current-project.js';

/** The shortcut that opens the list of projects on every page. */
export const projectKeys = 'Shift+O';

interface ProjectsState {
  /** Undefined until known. */
  readonly projects: readonly ProjectReply[] | undefined;
  readonly isChoosing: boolean;
}

export const projectStore = createStore<ProjectsState>(() => ({ projects: undefined, isChoosing: false }));

/**
 * Returns the project to work in: the chosen one if the user is still a member, otherwise the default project or the first open one.
 * Undefined if there is no choice, so that an installation with one project never names it.
 */
export function projectToUse(projects: readonly ProjectReply[], chosen: string | undefined): string | undefined {
  const open = projects.filter(({ archivedAt }) => archivedAt === undefined);
  if (projects.some(({ id }) => id === chosen) && projects.length > 1) return chosen;
  if (open.length < 2) return projects.length > 1 ? (open[0] ?? projects[0])?.id : undefined;
  return (open.find(({ id }) => id === defaultProject) ?? open[0])?.id;
}

/** Reloads the projects. If the chosen one no longer exists, this tab restarts in another one. */
export async function readProjects(): Promise<void> {
  let projects: readonly ProjectReply[];
  try {
    projects = (await client.GET('/api/projects')).projects;
  } catch {
    return; // Keeps the known projects. If the user must sign in, the request has already opened the sign-in page.
  }
  projectStore.setState({ projects });
  const chosen = currentProject.getState().id;
  const used = projectToUse(projects, chosen);
  if (used === chosen) return;
  // If there is no choice, requests name no project.
  if (used === undefined) forgetProject();
  else if (!storeProject(used)) return;
  window.location.reload();
}

/**
 * Switches to another project. The page reloads, so that nothing of the old project remains. A page about a single item of the old project
 * is replaced by the home page.
 */
export function chooseProject(id: string): void {
  if (!storeProject(id)) return;
  window.location.assign(pathAfterSwitch(window.location.pathname));
}

/** Returns the page to show after a switch: the same list, or the home page. */
export function pathAfterSwitch(path: string): string {
  const [first, second] = path.split('/').filter((part) => part !== '');
  if (first === 'settings') return path;
  return second === undefined ? path : '/';
}

/** Switches to the project of an opened item, for example after following a link into another project. */
export function followProject(id: string | undefined): void {
  const { projects } = projectStore.getState();
  const chosen = currentProject.getState().id;
  if (id === undefined || chosen === undefined || id === chosen) return;
  if (projects !== undefined && !projects.some((project) => project.id === id)) return;
  if (storeProject(id)) window.location.reload();
}

/** Returns what is known about a project: its entry in the list, otherwise only its id. */
export function projectById(id: string = defaultProject): {
  readonly id: string;
  readonly archivedAt?: number | undefined;
} {
  return projectStore.getState().projects?.find((project) => project.id === id) ?? { id };
}

/** The project of this tab from the list; the only project if there is no choice. */
export function useProject(): ProjectReply | undefined {
  const projects = useStore(projectStore, (state) => state.projects);
  const chosen = useStore(currentProject, (state) => state.id);
  return projectOf(projects, chosen);
}

/** Like `useProject`, for use outside components. */
export function projectNow(): ProjectReply | undefined {
  return projectOf(projectStore.getState().projects, currentProject.getState().id);
}

function projectOf(projects: readonly ProjectReply[] | undefined, chosen: string | undefined) {
  return projects?.find(({ id }) => id === chosen) ?? (projects?.length === 1 ? projects[0] : undefined);
}

/** The project, if there are several so that its name should be shown. */
export function useNamedProject(): ProjectReply | undefined {
  const project = useProject();
  return useStore(projectStore, ({ projects }) => projects?.length ?? 0) > 1 ? project : undefined;
}

/** Returns a function that gives the name of a project, or its id if the name is unknown. */
export function useProjectNames(): (id: string) => string {
  const projects = useStore(projectStore, (state) => state.projects);
  return (id) => projects?.find((project) => project.id === id)?.name ?? id;
}

/** The id of the project for requests of this tab. */
export function useProjectId(): string {
  return useProject()?.id ?? defaultProject;
}

/** Keeps the projects loaded while the editor is open. */
export function useProjectsRead(isOn: boolean): void {
  useEffect(() => {
    if (!isOn) return undefined;
    void readProjects();
    return onProjectGone(() => void readProjects());
  }, [isOn]);
}

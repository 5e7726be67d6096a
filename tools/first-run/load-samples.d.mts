/** Imports the first workflow and its sample documents, once a data folder. Gives whether the samples are new and can be asked. */
export function loadSamples(heddle: object, progress: object, folder: string, hasModels: boolean): Promise<boolean>;

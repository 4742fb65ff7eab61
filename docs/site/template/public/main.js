// Outputs and tables in text have no language, and must not get the colors of a guessed one.
export default {
    configureHljs: hljs => hljs.configure({ languages: [] }),
};

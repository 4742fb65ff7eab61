// The init process of the guest: mounts the file systems, loads the modules, runs the commands in /commands one after the other, prints how
// each ended, and switches the machine off.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void mount_at(const char *type, const char *place) {
    mkdir(place, 0755);
    if (mount(type, place, type, 0, NULL) != 0)
        printf("guest: %s cannot be mounted at %s: %s\n", type, place, strerror(errno));
}

static void load_module(const char *path) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || syscall(SYS_finit_module, file, "", 0) != 0)
        printf("guest: %s cannot be loaded: %s\n", path, strerror(errno));
    close(file);
}

static void run(const char *command) {
    printf("guest: starting %s\n", command);
    pid_t child = fork();
    if (child == 0) {
        char line[4096], *arguments[64], *rest;
        snprintf(line, sizeof line, "%s", command);
        size_t count = 0;
        for (char *word = strtok_r(line, "\t", &rest); word && count < 63; word = strtok_r(NULL, "\t", &rest))
            arguments[count++] = word;
        arguments[count] = NULL;
        execv(arguments[0], arguments);
        printf("guest: %s: %s\n", arguments[0], strerror(errno));
        _exit(127);
    }
    int status = 0;
    // Orphans are children of init too.
    while (child > 0 && waitpid(-1, &status, 0) != child) {
    }
    if (WIFSIGNALED(status))
        printf("guest: killed by signal %d: %s\n", WTERMSIG(status), command);
    else
        printf("guest: ended with %d: %s\n", WEXITSTATUS(status), command);
}

// Calls act for each line of a file, which may be missing.
static void for_each_line(const char *path, void (*act)(const char *)) {
    FILE *file = fopen(path, "re");
    if (!file)
        return;
    char line[4096];
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        act(line);
    }
    fclose(file);
}

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    mount_at("proc", "/proc");
    mount_at("sysfs", "/sys");
    mount_at("devtmpfs", "/dev");
    mount_at("tmpfs", "/tmp");
    mount_at("debugfs", "/sys/kernel/debug");
    mount_at("tracefs", "/sys/kernel/tracing");
    mount_at("cgroup2", "/sys/fs/cgroup");
    setenv("PATH", "/bin", 1);
    setenv("HOME", "/tmp", 1);
    setenv("DOTNET_EnableDiagnostics", "0", 1);
    // Real poison may take page frames, because they are lost only until this guest ends.
    setenv("COPYMC_TEST_HWPOISON", "1", 1);
    setenv("COPYMC_TEST_THP_SETTINGS", "1", 1);
    // As when the situations were recorded: huge pages only after MADV_HUGEPAGE.
    FILE *huge_pages = fopen("/sys/kernel/mm/transparent_hugepage/enabled", "we");
    if (huge_pages) {
        fputs("madvise", huge_pages);
        fclose(huge_pages);
    }
    for_each_line("/modules/list", load_module);
    for_each_line("/commands", run);
    printf("guest: end\n");
    fflush(stdout);
    sync();
    // QEMU exits, because of -no-reboot.
    reboot(RB_AUTOBOOT);
    return 0;
}

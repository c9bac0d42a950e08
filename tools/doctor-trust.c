// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether the kernel takes modules that were built here: Secure Boot, lockdown, keys. */
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "doctor.h"

#define KEY	"/var/lib/dkms/mok.pub"
#define ENROLL	"mokutil --import " KEY ", reboot, enroll it"
#define UNFORCED \
	"boot without module.sig_enforce, or take a kernel without CONFIG_MODULE_SIG_FORCE"
#define SECURE_BOOT "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"

/* Four bytes of attributes, and one that says whether it is on. */
static bool is_secure_boot(void)
{
	char *path = at_root(SECURE_BOOT);
	struct bytes value;
	bool on = !file_read(path, 64, &value) && value.size == 5 && value.data[4] == 1;

	free(value.data);
	free(path);
	return on;
}

/* "[integrity]" and "[confidentiality]" take signed modules only. */
static bool is_locked_down(void)
{
	char *line = file_line("/sys/kernel/security/lockdown");
	bool locked = line && (strstr(line, "[integrity]") || strstr(line, "[confidentiality]"));

	free(line);
	return locked;
}

/* By its configuration, or by an option at boot. */
static bool is_enforced(const struct doctor *d)
{
	char *line = d->running ? file_line("/sys/module/module/parameters/sig_enforce") : NULL;
	bool enforced = line ? *line == 'Y' : has_option(d, "MODULE_SIG_FORCE");

	free(line);
	return enforced;
}

/* What mokutil says of the key with which DKMS signs: -1 if it cannot be asked. */
static int is_enrolled(const char *key)
{
	char *arguments[] = { "mokutil", "--test-key", (char *)key, NULL };
	posix_spawn_file_actions_t actions;
	int status, pipe_fds[2], ret;
	char said[512] = "";
	pid_t pid;

	if (pipe(pipe_fds))
		return -1;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, pipe_fds[1], 1);
	posix_spawn_file_actions_adddup2(&actions, pipe_fds[1], 2);
	posix_spawn_file_actions_addclose(&actions, pipe_fds[0]);
	ret = posix_spawnp(&pid, arguments[0], &actions, NULL, arguments, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(pipe_fds[1]);
	if (!ret && read(pipe_fds[0], said, sizeof(said) - 1) < 0)
		said[0] = '\0';
	close(pipe_fds[0]);
	if (ret || waitpid(pid, &status, 0) != pid)
		return -1;
	return strstr(said, "already enrolled") ? 1 : strstr(said, "not enrolled") ? 0 : -1;
}

void doctor_trust(struct doctor *d)
{
	char *key = at_root(KEY);
	int enrolled;

	/* Secure Boot is this machine's, whichever kernel it starts. */
	if (!is_secure_boot() && !(d->running && is_locked_down())) {
		if (is_enforced(d))
			say(d, ILL, "trust", copy_text(UNFORCED),
			    "Linux %s takes only modules that are signed with a key which it was built with",
			    d->release);
		else
			say(d, WELL, "trust", NULL,
			    "the kernel takes modules without a signature");
	} else if (access(key, F_OK)) {
		say(d, ILL, "trust",
		    format("dkms generate_mok && %s", ENROLL),
		    "Secure Boot or lockdown takes signed modules only, and DKMS has no key yet");
	} else {
		enrolled = is_enrolled(key);
		if (enrolled > 0)
			say(d, WELL, "trust", NULL,
			    "Secure Boot is on, and the key of DKMS is enrolled");
		else if (!enrolled)
			say(d, ILL, "trust",
			    copy_text(ENROLL),
			    "Secure Boot is on, and the key of DKMS is not enrolled");
		else
			say(d, UNKNOWN, "trust",
			    format("apt install mokutil; mokutil --test-key %s", KEY),
			    "Secure Boot is on; whether the key of DKMS is enrolled is not known");
	}
	free(key);
}

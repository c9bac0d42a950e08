// SPDX-License-Identifier: GPL-2.0-only
/*
 * Firmware files that may be missing.
 *
 * Debian's kernels log each file that their loader does not find, once for each way it
 * could be packed, whatever the caller asks for. So the loader is asked only for files
 * that may be there.
 */
#include <linux/firmware.h>
#include <linux/kernel_read_file.h>
#include <linux/slab.h>
#include <linux/utsname.h>

#include "../compat.h"
#include "slot.h"

/* A further directory of the loader's, which root may set; "\n" if there is none. */
#define SETTING	"/sys/module/firmware_class/parameters/path"

/*
 * Read as the file that it decides about, not as READING_UNKNOWN: the security module IPE
 * has no rule for that and warns. Work has no root directory of its own, so paths are init's.
 */
static bool has_setting(void)
{
	char text[2];
	void *buffer = text;
	size_t size;

	return kernel_read_file_from_path_initns(SETTING, 0, &buffer, sizeof(text), &size,
						 READING_FIRMWARE) != 1 || text[0] != '\n';
}

/* With no room for its content, a file that is there is an error other than this one. */
static bool is_absent(const char *directory, const char *release, const char *name,
		      const char *suffix)
{
	char *path __free(kfree) = kasprintf(GFP_KERNEL, "/lib/firmware%s%s%s/%s%s", directory,
					     release[0] ? "/" : "", release, name, suffix);
	void *buffer = NULL;

	return path && kernel_read_file_from_path_initns(path, 0, &buffer, 0, NULL,
							 READING_FIRMWARE) == -ENOENT;
}

/*
 * Whether the loader would look for a file in vain; false if that is not certain. Most files
 * are in the plain directory, so it comes first; which of several files is found does not matter.
 */
static bool is_nowhere(const char *name)
{
	static const char * const directories[] = { "", "/updates" };
	static const char * const suffixes[] = { "", ".zst", ".xz" };
	const char * const releases[] = { "", init_utsname()->release };
	int i, j, k;

	if (COMPAT_HAS_BUILTIN_FIRMWARE || has_setting())
		return false;
	for (i = 0; i < ARRAY_SIZE(directories); i++)
		for (j = 0; j < ARRAY_SIZE(releases); j++)
			for (k = 0; k < ARRAY_SIZE(suffixes); k++)
				if (!is_absent(directories[i], releases[j], name, suffixes[k]))
					return false;
	return true;
}

/**
 * dtslot_firmware_request() - get a firmware file that may be missing
 * @firmware: receives the file, for release_firmware()
 * @name: its path below the directories of firmware
 * @dev: the device it is for
 *
 * As request_firmware_direct(), but nothing is logged of a file that is not there.
 *
 * Return: 0, -ENOENT if there is no such file, or another negative error.
 */
int dtslot_firmware_request(const struct firmware **firmware, const char *name,
			    struct device *dev)
{
	*firmware = NULL;
	if (is_nowhere(name))
		return -ENOENT;
	return request_firmware_direct(firmware, name, dev);
}
EXPORT_SYMBOL_GPL(dtslot_firmware_request);

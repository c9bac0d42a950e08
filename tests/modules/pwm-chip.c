// SPDX-License-Identifier: GPL-2.0-only
/*
 * A stand-in for a PWM controller, which no machine of QEMU has where tests need one. It has
 * no hardware: it notes in its file "told" what its four channels are set to.
 */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/of.h>
#include <linux/platform_device.h>
#include <linux/pwm.h>
#include <linux/sysfs.h>

#define CHANNELS	4

/* How a channel is set, in nanoseconds; a period of 0 is off. */
struct setting {
	u32 period;
	u32 duty;
};

struct stand_in {
	struct mutex lock;	/* guards what follows */
	struct setting channel[CHANNELS];
};

static int stand_in_to_hardware(struct pwm_chip *chip, struct pwm_device *pwm,
				const struct pwm_waveform *wanted, void *set)
{
	struct setting *setting = set;

	setting->period = min(wanted->period_length_ns, U32_MAX);
	setting->duty = min(wanted->duty_length_ns, U32_MAX);
	return 0;
}

static int stand_in_from_hardware(struct pwm_chip *chip, struct pwm_device *pwm, const void *set,
				  struct pwm_waveform *is)
{
	const struct setting *setting = set;

	*is = (struct pwm_waveform){
		.period_length_ns = setting->period,
		.duty_length_ns = setting->duty,
	};
	return 0;
}

static int stand_in_read(struct pwm_chip *chip, struct pwm_device *pwm, void *set)
{
	struct stand_in *s = pwmchip_get_drvdata(chip);

	guard(mutex)(&s->lock);
	*(struct setting *)set = s->channel[pwm->hwpwm];
	return 0;
}

static int stand_in_write(struct pwm_chip *chip, struct pwm_device *pwm, const void *set)
{
	struct stand_in *s = pwmchip_get_drvdata(chip);

	guard(mutex)(&s->lock);
	s->channel[pwm->hwpwm] = *(const struct setting *)set;
	return 0;
}

static const struct pwm_ops stand_in_ops = {
	.sizeof_wfhw = sizeof(struct setting),
	.round_waveform_tohw = stand_in_to_hardware,
	.round_waveform_fromhw = stand_in_from_hardware,
	.read_waveform = stand_in_read,
	.write_waveform = stand_in_write,
};

static ssize_t told_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct stand_in *s = pwmchip_get_drvdata(dev_get_drvdata(dev));
	unsigned int i;
	int len = 0;

	guard(mutex)(&s->lock);
	for (i = 0; i < CHANNELS; i++)
		if (s->channel[i].period)
			len += sysfs_emit_at(buf, len, "%u: %u of %u ns\n", i,
					     s->channel[i].duty, s->channel[i].period);
	return len;
}
static DEVICE_ATTR_RO(told);

static struct attribute *stand_in_attrs[] = {
	&dev_attr_told.attr,
	NULL
};
ATTRIBUTE_GROUPS(stand_in);

static int stand_in_probe(struct platform_device *pdev)
{
	struct pwm_chip *chip = devm_pwmchip_alloc(&pdev->dev, CHANNELS, sizeof(struct stand_in));
	struct stand_in *s;

	if (IS_ERR(chip))
		return PTR_ERR(chip);
	s = pwmchip_get_drvdata(chip);
	mutex_init(&s->lock);
	chip->ops = &stand_in_ops;
	platform_set_drvdata(pdev, chip);
	return devm_pwmchip_add(&pdev->dev, chip);
}

static const struct of_device_id stand_in_matches[] = {
	{ .compatible = "dtslot,stand-in-pwm" },
	{ }
};
MODULE_DEVICE_TABLE(of, stand_in_matches);

static struct platform_driver stand_in_driver = {
	.driver = {
		.name = "stand-in-pwm",
		.of_match_table = stand_in_matches,
		.dev_groups = stand_in_groups,
	},
	.probe = stand_in_probe,
};
module_platform_driver(stand_in_driver);

MODULE_AUTHOR("The dtslot developers");
MODULE_DESCRIPTION("A stand-in for a PWM controller, for tests");
MODULE_LICENSE("GPL");

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Register offsets and fields of the LAN966x blocks, as the Linux drivers of
 * the chip use them. The tests have literal values of their own, so that a
 * mistake here does not hide itself.
 *
 * An offset is relative to its window; the addresses of windows are in soc.c.
 */

#ifndef LAN966X_REGS_H
#define LAN966X_REGS_H

/* PCI function */
#define LAN966X_PCI_VENDOR_ID           0x1055
#define LAN966X_PCI_DEVICE_ID           0x9660

/* OIC: outbound interrupt controller. w = 32-bit word of sources, 0 to 2 */
#define OIC_SOURCES                     86
#define OIC_WORDS                       3
#define OIC_DESTS                       9
#define OIC_RAW(w)                      (0x000 + 4 * (w))
#define OIC_TRIGGER(w, bit)             (0x00c + 8 * (w) + 4 * (bit))
#define OIC_FORCE(w)                    (0x024 + 4 * (w))
#define OIC_STICKY(w)                   (0x030 + 4 * (w))
#define OIC_BYPASS(w)                   (0x03c + 4 * (w))
#define OIC_ENA(w)                      (0x048 + 4 * (w))
#define OIC_ENA_CLR(w)                  (0x054 + 4 * (w))
#define OIC_ENA_SET(w)                  (0x060 + 4 * (w))
#define OIC_IDENT(w)                    (0x06c + 4 * (w))
#define OIC_DST_MAP(w, n)               (0x078 + 0x24 * (w) + 4 * (n))
#define OIC_DST_IDENT(w, n)             (0x0e4 + 0x24 * (w) + 4 * (n))
#define OIC_SIZE                        0x190

/* OIC source numbers */
#define OIC_IRQ_ANA                     9
#define OIC_IRQ_PTP_EXT                 10
#define OIC_IRQ_PTP                     11
#define OIC_IRQ_XTR                     12
#define OIC_IRQ_FDMA                    14
#define OIC_IRQ_GPIO                    17
#define OIC_IRQ_SGPIO                   18
#define OIC_IRQ_WDT                     38
#define OIC_IRQ_FLEXCOM(n)              (48 + (n))
#define OIC_IRQ_MCAN(n)                 (72 + 2 * (n))
#define OIC_IRQ_PHY(n)                  (80 + (n))

/* CPU system controller */
#define CPU_GPR(n)                      (0x00 + 4 * (n))
#define CPU_GPRS                        32
#define CPU_BUILDID                     0x80
#define CPU_RESET                       0x84
#define CPU_RESET_PROT_STAT             0x88
#define   CPU_SYS_RST_PROT_VCORE        (1u << 5)
#define   CPU_VCORE_RST_PROT_AMBA       (1u << 4)
#define   CPU_WDT_PROT                  (3u << 2)
#define   CPU_VCORE_RST_PROT_PCIE       (1u << 0)
#define CPU_GENERAL_CTRL                0x8c
#define CPU_GENERAL_STAT                0x90
#define   CPU_VCORE_CFG_PCIE_EP         6
#define CPU_SIZE                        0x350

/* GCK: generic clocks */
#define GCK_CLOCKS                      14
#define GCK_CFG(n)                      (4 * (n))
#define   GCK_ENA                       (1u << 0)
#define GCK_MCAN(n)                     (5 + (n))
#define GCK_FLEXCOM(n)                  (7 + (n))
#define GCK_SIZE                        (4 * GCK_CLOCKS)
#define GCK_GATE_SIZE                   4

/* GCB: chip identification and soft reset */
#define GCB_CHIP_ID                     0x00
#define   GCB_CHIP_ID_LAN9662           0x19662445
#define GCB_SOFT_RST                    0x0c
#define   GCB_SOFT_CHIP_RST             (1u << 0)
#define   GCB_SOFT_SWC_RST              (1u << 1)
#define GCB_HW_STAT                     0x10
#define   GCB_HW_STAT_PLL_CONF(x)       ((x) << 3)
#define GCB_SIZE                        0x64

/* GPIO: pins in words of 32, w = 0 to 2; second window: pad configuration */
#define GPIO_PINS                       78
#define GPIO_WORDS                      3
#define GPIO_OUT_SET(w)                 (0x00 + 4 * (w))
#define GPIO_OUT_CLR(w)                 (0x0c + 4 * (w))
#define GPIO_OUT(w)                     (0x18 + 4 * (w))
#define GPIO_IN(w)                      (0x24 + 4 * (w))
#define GPIO_OE(w)                      (0x30 + 4 * (w))
#define GPIO_INTR(w)                    (0x3c + 4 * (w))
#define GPIO_INTR_ENA(w)                (0x48 + 4 * (w))
#define GPIO_INTR_IDENT(w)              (0x54 + 4 * (w))
#define GPIO_ALT(w, bit)                (0x60 + 0xc * (w) + 4 * (bit))
#define GPIO_ALT_TWI_SLC_GATE           5   /* of pins 76 and 77 */
#define   GPIO_ALT_SGPIO                3
#define GPIO_SD_MAP                     0x84
#define GPIO_SIZE                       0xb4
#define GPIO_PAD(pin)                   (4 * (pin))
#define   GPIO_PAD_DS(n)                (n)
#define   GPIO_PAD_PU                   (1u << 2)
#define   GPIO_PAD_PD                   (1u << 3)
/* PTP's pins, and the function by which those of the chip are theirs */
#define GPIO_SYNC_PINS                  8
#define GPIO_SYNC_PIN(n)                (35 + (n))
#define GPIO_SYNC_FUNCTION              2
#define GPIO_PAD_SIZE                   (4 * GPIO_PINS)

/* MIIM: MDIO master; second window (bus 1): reset of the internal PHYs */
#define MIIM_STATUS                     0x00
#define MIIM_CMD                        0x08
#define   MIIM_CMD_VLD                  (1u << 31)
#define   MIIM_CMD_PHYAD(v)             (((v) >> 25) & 0x1f)
#define   MIIM_CMD_REGAD(v)             (((v) >> 20) & 0x1f)
#define   MIIM_CMD_WRDATA(v)            (((v) >> 4) & 0xffff)
#define   MIIM_CMD_OPR(v)               (((v) >> 1) & 3)
#define   MIIM_OPR_WRITE                1
#define   MIIM_OPR_READ                 2
#define MIIM_DATA                       0x0c
#define   MIIM_DATA_ERROR               (3u << 16)
#define MIIM_CFG                        0x10
#define MIIM_SIZE                       0x24
#define CUPHY_PORT_CFG(n)               (0x00 + 4 * (n))
#define CUPHY_COMMON_CFG                0x08
#define   CUPHY_RESET_N                 (1u << 0)
#define CUPHY_SIZE                      0x0c

/* Internal copper PHY: registers beyond those of IEEE 802.3 clause 22 */
#define PHY_EXT_PAGE                    22
#define PHY_EXT_DATA                    23
#define   PHY_EXT_FN(v)                 ((v) >> 14)
#define PHY_INTC                        24
#define PHY_CTRL                        25
#define PHY_INTS                        27
#define   PHY_INT_LINK_UP               (1u << 0)
#define   PHY_INT_LINK_DOWN             (1u << 2)
#define PHY_CTRL2                       31

/* HSIO: SerDes macros, g = 0 to 2 */
#define HSIO_MACROS                     3
#define HSIO_MACRO_STRIDE               0x20
#define HSIO_SD_CFG                     0x08
#define   HSIO_SD_CFG_RX_PLL_EN         (1u << 5)
#define   HSIO_SD_CFG_TX_CM_EN          (1u << 11)
#define   HSIO_SD_CFG_TX_EN             (1u << 14)
#define HSIO_SD_CFG2                    0x0c
#define HSIO_MPLL_CFG                   0x10
#define   HSIO_MPLL_CFG_MPLL_EN         (1u << 16)
#define HSIO_SD_STAT                    0x14
#define   HSIO_SD_STAT_RX_PLL_STATE     (1u << 0)
#define   HSIO_SD_STAT_TX_CM_STATE      (1u << 2)
#define   HSIO_SD_STAT_TX_STATE         (1u << 5)
#define   HSIO_SD_STAT_MPLL_STATE       (1u << 6)
#define HSIO_HW_CFG                     0x68
#define HSIO_RGMII_CFG(n)               (0x7c + 4 * (n))
#define HSIO_DLL_CFG(n)                 (0x8c + 4 * (n))
#define HSIO_SIZE                       0x9c

/* Flexcom: one of USART, SPI, TWI behind a wrapper */
#define FLEXCOMS                        5
#define FLEX_MR                         0x000
#define   FLEX_MR_OPMODE(v)             ((v) & 3)
#define   FLEX_OPMODE_NONE              0
#define   FLEX_OPMODE_USART             1
#define   FLEX_OPMODE_SPI               2
#define   FLEX_OPMODE_TWI               3
#define FLEX_VERSION                    0x0fc
#define FLEX_USART                      0x200
#define FLEX_SPI                        0x400
#define FLEX_TWI                        0x600
#define FLEX_FUNCTION_SIZE              0x200
#define FLEX_SIZE                       0x800

/* USART: first function of a flexcom */
#define USART_CR                        0x00
#define   USART_CR_RSTRX                (1u << 2)
#define   USART_CR_RSTTX                (1u << 3)
#define   USART_CR_RXEN                 (1u << 4)
#define   USART_CR_RXDIS                (1u << 5)
#define   USART_CR_TXEN                 (1u << 6)
#define   USART_CR_TXDIS                (1u << 7)
#define   USART_CR_RSTSTA               (1u << 8)
#define   USART_CR_STTBRK               (1u << 9)
#define   USART_CR_TXFCLR               (1u << 24)
#define   USART_CR_RXFCLR               (1u << 25)
#define   USART_CR_FIFOEN               (1u << 30)
#define   USART_CR_FIFODIS              (1u << 31)
#define USART_MR                        0x04
#define   USART_MR_MODE(v)              ((v) & 0xf)
#define   USART_MODE_HANDSHAKE          2
#define   USART_MR_SYNC                 (1u << 8)
#define   USART_MR_CHMODE(v)            (((v) >> 14) & 3)
#define   USART_CHMODE_LOCAL_LOOP       2
#define USART_IER                       0x08
#define USART_IDR                       0x0c
#define USART_IMR                       0x10
#define USART_CSR                       0x14
#define   USART_CSR_RXRDY               (1u << 0)
#define   USART_CSR_TXRDY               (1u << 1)
#define   USART_CSR_OVRE                (1u << 5)
#define   USART_CSR_TXEMPTY             (1u << 9)
#define   USART_CSR_RI                  (1u << 20)  /* low: ringing */
#define USART_RHR                       0x18
#define USART_THR                       0x1c
#define USART_BRGR                      0x20
#define USART_RTOR                      0x24
#define USART_TTGR                      0x28
#define USART_FIDI                      0x40
#define USART_FMR                       0xa0
#define USART_FLR                       0xa4
#define   USART_FLR_LEVELS(tx, rx)      ((tx) | (rx) << 16)
#define   USART_FIFO_DEPTH              32
#define USART_NAME                      0xf0
#define   USART_NAME_VALUE              0x55534152  /* "USAR" */
#define USART_VERSION                   0xfc
#define   USART_VERSION_VALUE           0x814       /* as on SAMA5D2 */

/* SPI: second function of a flexcom */
#define SPI_CHIP_SELECTS                4
#define SPI_CR                          0x00
#define   SPI_CR_SPIEN                  (1u << 0)
#define   SPI_CR_SPIDIS                 (1u << 1)
#define   SPI_CR_SWRST                  (1u << 7)
#define   SPI_CR_TXFCLR                 (1u << 16)
#define   SPI_CR_RXFCLR                 (1u << 17)
#define   SPI_CR_LASTXFER               (1u << 24)
#define   SPI_CR_FIFOEN                 (1u << 30)
#define   SPI_CR_FIFODIS                (1u << 31)
#define SPI_MR                          0x04
#define   SPI_MR_MSTR                   (1u << 0)
#define   SPI_MR_PS                     (1u << 1)
#define   SPI_MR_PCSDEC                 (1u << 2)
#define   SPI_MR_WDRBT                  (1u << 5)
#define   SPI_MR_LLB                    (1u << 7)
#define   SPI_MR_PCS(v)                 (((v) >> 16) & 0xf)
#define   SPI_MR_PCS_NONE               0xf
#define SPI_RDR                         0x08
#define SPI_TDR                         0x0c
#define SPI_SR                          0x10
#define   SPI_SR_RDRF                   (1u << 0)
#define   SPI_SR_TDRE                   (1u << 1)
#define   SPI_SR_OVRES                  (1u << 3)
#define   SPI_SR_TXEMPTY                (1u << 9)
#define   SPI_SR_SPIENS                 (1u << 16)
#define   SPI_SR_TXFEF                  (1u << 24)
#define   SPI_SR_TXFFF                  (1u << 25)
#define   SPI_SR_RXFEF                  (1u << 27)
#define   SPI_SR_RXFFF                  (1u << 28)
#define   SPI_SR_RXFTHF                 (1u << 29)
#define SPI_IER                         0x14
#define SPI_IDR                         0x18
#define SPI_IMR                         0x1c
#define SPI_CSR(n)                      (0x30 + 4 * (n))
#define   SPI_CSR_CSAAT                 (1u << 3)
#define   SPI_CSR_BITS(v)               ((((v) >> 4) & 0xf) + 8)
#define SPI_FMR                         0x40
#define   SPI_FMR_RXFTHRES(v)           (((v) >> 24) & 0x3f)
#define SPI_FLR                         0x44
#define   SPI_FLR_LEVELS(tx, rx)        ((tx) | (rx) << 16)
#define   SPI_FIFO_DEPTH                32
#define SPI_VERSION                     0xfc
#define   SPI_VERSION_VALUE             0x311       /* >= 0x212: no PDC */

/* TWI: I2C function of a flexcom */
#define TWI_CR                          0x00
#define   TWI_CR_START                  (1u << 0)
#define   TWI_CR_STOP                   (1u << 1)
#define   TWI_CR_MSEN                   (1u << 2)
#define   TWI_CR_MSDIS                  (1u << 3)
#define   TWI_CR_SVEN                   (1u << 4)
#define   TWI_CR_QUICK                  (1u << 6)
#define   TWI_CR_SWRST                  (1u << 7)
#define   TWI_CR_ACMEN                  (1u << 16)
#define   TWI_CR_ACMDIS                 (1u << 17)
#define   TWI_CR_THRCLR                 (1u << 24)
#define   TWI_CR_RHRCLR                 (1u << 25)
#define   TWI_CR_LOCKCLR                (1u << 26)
#define   TWI_CR_FIFOEN                 (1u << 28)
#define TWI_MMR                         0x04
#define   TWI_MMR_IADRSZ(v)             (((v) >> 8) & 3)
#define   TWI_MMR_MREAD                 (1u << 12)
#define   TWI_MMR_DADR(v)               (((v) >> 16) & 0x7f)
#define TWI_SMR                         0x08
#define TWI_IADR                        0x0c
#define TWI_CWGR                        0x10
#define TWI_SR                          0x20
#define   TWI_SR_TXCOMP                 (1u << 0)
#define   TWI_SR_RXRDY                  (1u << 1)
#define   TWI_SR_TXRDY                  (1u << 2)
#define   TWI_SR_NACK                   (1u << 8)
#define   TWI_SR_LOCK                   (1u << 23)
#define   TWI_SR_SCL                    (1u << 24)
#define   TWI_SR_SDA                    (1u << 25)
#define TWI_IER                         0x24
#define TWI_IDR                         0x28
#define TWI_IMR                         0x2c
#define TWI_RHR                         0x30
#define TWI_THR                         0x34
#define TWI_ACR                         0x40
#define   TWI_ACR_DATAL(v)              ((v) & 0xff)
#define   TWI_ACR_DIR                   (1u << 8)
#define TWI_FILTR                       0x44
#define TWI_FMR                         0x50
#define TWI_FLR                         0x54
#define   TWI_FLR_TXFL_ONE              (1u << 0)
#define   TWI_FLR_RXFL_ONE              (1u << 16)
#define TWI_VER                         0xfc

/* SGPIO: bit n (0 to 3) of a port (0 to 31) */
#define SGPIO_BITS                      4
#define SGPIO_PORTS                     32
#define SGPIO_INPUT_DATA(n)             (0x00 + 4 * (n))
#define SGPIO_SIO_CFG                   0x10
#define   SGPIO_GLOB_INTR_ENA           (1u << 0)
#define   SGPIO_PORT_WIDTH(v)           ((((v) >> 3) & 3) + 1)
#define   SGPIO_AUTO_REPEAT             (1u << 6)
#define   SGPIO_SINGLE_SHOT             (1u << 7)
#define SGPIO_SIO_CLOCK                 0x14
#define SGPIO_PORT_CFG(port)            (0x18 + 4 * (port))
#define   SGPIO_BIT_SOURCE(v, n)        (((v) >> (12 + 3 * (n))) & 7)
#define SGPIO_PORT_ENA                  0x98
#define SGPIO_INTR_POL(n)               (0xa8 + 4 * (n))
#define SGPIO_INTR_RAW(n)               (0xb8 + 4 * (n))
#define SGPIO_INTR_TRIGGER0(n)          (0xc8 + 4 * (n))
#define SGPIO_INTR_TRIGGER1(n)          (0xd8 + 4 * (n))
#define SGPIO_INTR(n)                   (0xe8 + 4 * (n))
#define SGPIO_INTR_ENA(n)               (0xf8 + 4 * (n))
#define SGPIO_INTR_IDENT(n)             (0x108 + 4 * (n))
#define SGPIO_SIZE                      0x118

/* hwmon: first window temperature sensor, second window fan */
#define PVT_SENSOR_CFG                  0x04
#define   PVT_SAMPLE_ENA                (1u << 8)
#define   PVT_CONTINUOUS                (1u << 6)
#define PVT_SENSOR_STAT                 0x08
#define   PVT_DATA_VALID                (1u << 10)
#define   PVT_DATA_MAX                  0x3ff
#define PVT_SIZE                        0x0c
#define FAN_CFG                         0x00
#define FAN_PWM_FREQ                    0x04
#define FAN_CNT                         0x08
#define   FAN_CNT_MAX                   0xffff
#define FAN_SIZE                        0x0c

/* OTP controller */
#define OTP_PWR_DN                      0x00
#define   OTP_PWRDN_N                   (1u << 0)
#define OTP_ADDR_HI                     0x04
#define OTP_ADDR_LO                     0x08
#define OTP_PRGM_DATA                   0x10
#define OTP_PRGM_MODE                   0x14
#define OTP_RD_DATA                     0x18
#define OTP_FUNC_CMD                    0x20
#define   OTP_FUNC_READ                 (1u << 0)
#define   OTP_FUNC_PROGRAM              (1u << 1)
#define OTP_CMD_GO                      0x28
#define   OTP_GO                        (1u << 0)
#define OTP_PASS_FAIL                   0x2c
#define   OTP_FAIL                      (1u << 0)
#define   OTP_PASS                      (1u << 1)
#define   OTP_WRITE_PROHIBITED          (1u << 2)
#define OTP_STATUS                      0x30
#define OTP_BYTES                       8192
#define OTP_PROTECT_WRITE               0x40    /* a bit for each region */
#define OTP_PROTECT_REGIONS             0x44    /* first and last address */
#define OTP_REGIONS                     8
#define OTP_SIZE                        0x300

/* iATU of the PCIe controller: outbound region i, inbound ones between them */
#define IATU_REGIONS                    6
#define IATU_REGION(i)                  (0x200 * (i))
#define IATU_INBOUND                    0x100   /* in each outbound one */
#define IATU_CTRL2                      0x04
#define   IATU_ENABLE                   (1u << 31)
#define IATU_LOWER_BASE                 0x08
#define IATU_UPPER_BASE                 0x0c
#define IATU_LIMIT                      0x10
#define IATU_LOWER_TARGET               0x14
#define IATU_UPPER_TARGET               0x18
#define IATU_GRANULE                    0xffffu /* by LWR_TARGET_RW */
#define IATU_SPACE_FIRST                0x10000000u
#define IATU_SPACE_LAST                 0x1fffffffu
#define IATU_SIZE                       0x1000

/* TRNG */
#define TRNG_CR                         0x00
#define   TRNG_KEY(v)                   ((v) >> 8)
#define   TRNG_KEY_VALUE                0x524e47    /* "RNG" */
#define   TRNG_ENABLE                   (1u << 0)
#define TRNG_MR                         0x04
#define   TRNG_HALFR                    (1u << 0)
#define TRNG_IER                        0x10
#define TRNG_IDR                        0x14
#define TRNG_IMR                        0x18
#define TRNG_ISR                        0x1c
#define   TRNG_DATRDY                   (1u << 0)
#define TRNG_ODATA                      0x50
#define TRNG_SIZE                       0x100

/* MCAN: fifo 0 and 1; elements are in the message RAM */
#define MCANS                           2
#define MCAN_LINES                      2
#define MCAN_CREL                       0x00
#define   MCAN_CREL_VALUE               0x32150320  /* 3.2.1, a guess */
#define MCAN_ENDN                       0x04
#define MCAN_DBTP                       0x0c
#define MCAN_TEST                       0x10
#define   MCAN_LBCK                     (1u << 4)
#define MCAN_RWD                        0x14
#define MCAN_CCCR                       0x18
#define   MCAN_INIT                     (1u << 0)
#define   MCAN_CCE                      (1u << 1)
#define   MCAN_ASM                      (1u << 2)
#define   MCAN_CSA                      (1u << 3)
#define   MCAN_CSR                      (1u << 4)
#define   MCAN_MON                      (1u << 5)
#define   MCAN_DAR                      (1u << 6)
#define   MCAN_TEST_MODE                (1u << 7)
#define   MCAN_FDOE                     (1u << 8)
#define   MCAN_CONFIG_BITS              0xf3e0      /* written with CCE */
#define MCAN_NBTP                       0x1c
#define   MCAN_NTSEG2(v)                ((v) & 0x7f)
#define   MCAN_NTSEG1(v)                (((v) >> 8) & 0xff)
#define   MCAN_NBRP(v)                  (((v) >> 16) & 0x1ff)
#define MCAN_TSCC                       0x20
#define   MCAN_TSS(v)                   ((v) & 3)
#define   MCAN_TCP(v)                   (((v) >> 16) & 0xf)
#define MCAN_TSCV                       0x24
#define MCAN_TOCC                       0x28
#define MCAN_TOCV                       0x2c
#define MCAN_ECR                        0x40
#define MCAN_PSR                        0x44
#define   MCAN_LEC_ACK                  3
#define   MCAN_LEC_NONE                 7
#define   MCAN_PSR_EP                   (1u << 5)
#define   MCAN_PSR_EW                   (1u << 6)
#define   MCAN_PSR_DLEC                 (7u << 8)
#define MCAN_TDCR                       0x48
#define MCAN_IR                         0x50
#define   MCAN_IR_RX(fifo)              (1u << 4 * (fifo))
#define   MCAN_IR_TC                    (1u << 9)
#define   MCAN_IR_TCF                   (1u << 10)
#define   MCAN_IR_TFE                   (1u << 11)
#define   MCAN_IR_TEFN                  (1u << 12)
#define   MCAN_IR_TEFW                  (1u << 13)
#define   MCAN_IR_TEFF                  (1u << 14)
#define   MCAN_IR_TEFL                  (1u << 15)
#define   MCAN_IR_EP                    (1u << 23)
#define   MCAN_IR_EW                    (1u << 24)
#define   MCAN_IR_PEA                   (1u << 27)
#define MCAN_IE                         0x54
#define MCAN_ILS                        0x58
#define MCAN_ILE                        0x5c
#define MCAN_GFC                        0x80
#define MCAN_SIDFC                      0x84
#define MCAN_XIDFC                      0x88
#define   MCAN_FILTERS(v)               (((v) >> 16) & 0xff)
#define MCAN_XIDAM                      0x90
#define MCAN_HPMS                       0x94
#define   MCAN_RAM_BASE(v)              ((v) & 0xfffc)
#define MCAN_RXFC(fifo)                 (0xa0 + 0x10 * (fifo))
#define   MCAN_FIFO_SIZE(v)             (((v) >> 16) & 0x7f)
#define   MCAN_FIFO_MARK(v)             (((v) >> 24) & 0x7f)
#define   MCAN_FIFO_OVERWRITE           (1u << 31)
#define MCAN_RXFS(fifo)                 (0xa4 + 0x10 * (fifo))
#define   MCAN_FIFO_STATUS(n, get, put) ((n) | (get) << 8 | (put) << 16)
#define   MCAN_FIFO_LEVEL(v)            ((v) & 0x7f)
#define   MCAN_FIFO_GET(v)              (((v) >> 8) & 0x3f)
#define   MCAN_FIFO_PUT(v)              (((v) >> 16) & 0x3f)
#define   MCAN_FIFO_FULL                (1u << 24)
#define   MCAN_FIFO_LOST                (1u << 25)
#define MCAN_RXFA(fifo)                 (0xa8 + 0x10 * (fifo))
#define MCAN_RXBC                       0xac
#define MCAN_RXESC                      0xbc
#define MCAN_TXBC                       0xc0
#define   MCAN_NDTB(v)                  (((v) >> 16) & 0x3f)
#define   MCAN_TFQS(v)                  (((v) >> 24) & 0x3f)
#define   MCAN_TFQM                     (1u << 30)
#define MCAN_TXFQS                      0xc4
#define   MCAN_TXFQ_STATUS(n, get, put) ((n) | (get) << 8 | (put) << 16)
#define   MCAN_TXFQ_FREE(v)             ((v) & 0x3f)
#define   MCAN_TXFQ_GET(v)              (((v) >> 8) & 0x1f)
#define   MCAN_TXFQ_PUT(v)              (((v) >> 16) & 0x1f)
#define   MCAN_TXFQ_FULL                (1u << 21)
#define MCAN_TXESC                      0xc8
#define MCAN_TXBRP                      0xcc
#define MCAN_TXBAR                      0xd0
#define MCAN_TXBCR                      0xd4
#define MCAN_TXBTO                      0xd8
#define MCAN_TXBCF                      0xdc
#define MCAN_TXBTIE                     0xe0
#define MCAN_TXBCIE                     0xe4
#define MCAN_TXEFC                      0xf0
#define   MCAN_EFS(v)                   (((v) >> 16) & 0x3f)
#define   MCAN_EFWM(v)                  (((v) >> 24) & 0x3f)
#define MCAN_TXEFS                      0xf4
#define   MCAN_EVENT_STATUS(n, get, put) ((n) | (get) << 8 | (put) << 16)
#define   MCAN_EVENT_LEVEL(v)           ((v) & 0x3f)
#define   MCAN_EVENT_GET(v)             (((v) >> 8) & 0x1f)
#define   MCAN_EVENT_PUT(v)             (((v) >> 16) & 0x1f)
#define   MCAN_EVENT_FULL               (1u << 24)
#define   MCAN_EVENT_LOST               (1u << 25)
#define MCAN_TXEFA                      0xf8
#define MCAN_SIZE                       0x100
/* Elements, first and second word */
#define MCAN_RTR                        (1u << 29)
#define MCAN_XTD                        (1u << 30)
#define MCAN_ESI                        (1u << 31)
#define MCAN_DLC(v)                     (((v) >> 16) & 0xf)
#define MCAN_DLC_IS(n)                  ((n) << 16)
#define MCAN_BRS                        (1u << 20)
#define MCAN_FDF                        (1u << 21)
#define MCAN_EFC                        (1u << 23)
#define MCAN_EVENT_OF_TX                0xff3f0000  /* marker, FDF, BRS, DLC */
#define MCAN_ANMF                       (1u << 31)

/* Watchdog */
#define WDT_CR                          0x00
#define   WDT_ENABLE                    (1u << 0)
#define   WDT_RMOD                      (1u << 1)
#define   WDT_CR_MASK                   0x1f
#define WDT_TORR                        0x04
#define   WDT_TOP(v)                    ((v) & 0xf)
#define   WDT_TORR_MASK                 0xff
#define WDT_CCVR                        0x08
#define WDT_CRR                         0x0c
#define   WDT_KICK                      0x76
#define WDT_STAT                        0x10
#define WDT_EOI                         0x14
#define WDT_PARAMS_5                    0xe4
#define WDT_PARAMS_1                    0xf4
#define   WDT_FIXED_TOP                 (1u << 6)
#define WDT_VERSION                     0xf8
#define   WDT_VERSION_VALUE             0x3131302a  /* "110*", a guess */
#define WDT_TYPE                        0xfc
#define   WDT_TYPE_VALUE                0x44570120
#define WDT_SIZE                        0x1000

#endif /* LAN966X_REGS_H */
